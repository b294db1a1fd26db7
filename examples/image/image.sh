#!/usr/bin/env bash
# Links an application in modules, the library and the parts of the JDK that they need into one folder.
#   image.sh MODULE_PATH TARGET
# MODULE_PATH holds the application of examples/modules and the library; the JDK is that of JAVA_HOME.
set -euo pipefail
jdk=$JAVA_HOME/bin
target=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# jlink takes nothing without a module-info, and some of the libraries have none
IFS=: read -ra entries <<<"$1"
for entry in "${!entries[@]}"; do
  # folders of classes may all have the same name
  if [ -d "${entries[entry]}" ]; then cp -r "${entries[entry]}" "$work/$entry"; else cp "${entries[entry]}" "$work"; fi
done
"$(dirname "${BASH_SOURCE[0]}")/../../discovery-cli/image/modules" "$JAVA_HOME" "$work"

# the application names the API alone: core and transport are services, and have to be named here
rm -rf "$target"
"$jdk/jlink" --module-path "$work" \
  --add-modules com.example.discovery.modules,io.github.moonlibs.discovery.core,io.github.moonlibs.discovery.iproto \
  --launcher users=com.example.discovery.modules/com.example.discovery.modules.Main \
  --strip-debug --no-header-files --no-man-pages --output "$target"
