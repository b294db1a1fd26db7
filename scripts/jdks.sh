# Finds the JDKs of this machine. Sourced by ./dev.

jdk_homes() {
  local javac
  echo "${JAVA_HOME:-}"
  javac=$(command -v javac || true)
  [ -z "$javac" ] || dirname "$(dirname "$(readlink -f "$javac" 2>/dev/null || echo "$javac")")"
  ls -d /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* ~/.jdks/* ~/.sdkman/candidates/java/* ~/.jenv/versions/* \
    ~/.asdf/installs/java/* ~/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home 2>/dev/null || true
  # where a forge's runner keeps what it has set up
  printenv | sed -n 's/^JAVA_HOME_[0-9]*_[A-Z0-9]*=//p'
}

# "VERSION HOME" of every JDK from 21 on, in the order of jdk_homes
jdks() {
  local home version
  jdk_homes | while read -r home; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
    [ "${version:-0}" -lt 21 ] || [ ! -x "$home/bin/javac" ] || echo "$version $home"
  done
}

# VERSION: its home, or nothing
jdk() { jdks | awk -v want="$1" '$1 == want && !home { home = $2 } END { print home }'; }

# The home that builds: 25, because it has every variant of what depends on the JDK; 21; the newest.
best_jdk() {
  local found
  found=$(jdks)
  awk '$1 == 25 && !lts { lts = $2 } $1 == 21 && !old { old = $2 } $1 > version { version = $1; newest = $2 }
    END { print lts ? lts : old ? old : newest }' <<<"$found"
}

# HOME: its whole version
jdk_version() { sed -n 's/^JAVA_VERSION="\([^"]*\).*/\1/p' "$1/release"; }
