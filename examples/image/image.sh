#!/usr/bin/env bash
# Links an application in modules, the library and the parts of the JDK that they need into one folder.
#   image.sh MODULE_PATH TARGET
# MODULE_PATH holds the application of examples/modules and the library; the JDK is that of JAVA_HOME.
set -euo pipefail
jdk=$JAVA_HOME/bin
target=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# jlink takes modules with a module-info alone, and msgpack's jar has none: jdeps writes it one
modules=
IFS=: read -ra entries <<<"$1"
for entry in "${entries[@]}"; do
  case $entry in
    *msgpack-core-*.jar)
      cp "$entry" "$work/msgpack-core.jar"
      "$jdk/jdeps" --ignore-missing-deps --generate-module-info "$work" "$work/msgpack-core.jar" >/dev/null
      "$jdk/javac" --patch-module msgpack.core="$work/msgpack-core.jar" -d "$work" "$work"/msgpack.core/module-info.java
      "$jdk/jar" --update --file "$work/msgpack-core.jar" -C "$work" module-info.class
      entry=$work/msgpack-core.jar ;;
  esac
  modules+=${modules:+:}$entry
done

# the application names the API alone: core and transport are services, and have to be named here
rm -rf "$target"
"$jdk/jlink" --module-path "$modules" \
  --add-modules com.example.discovery.modules,io.github.moonlibs.discovery.core,io.github.moonlibs.discovery.iproto \
  --launcher users=com.example.discovery.modules/com.example.discovery.modules.Main \
  --strip-debug --no-header-files --no-man-pages --output "$target"
