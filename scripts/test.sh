# Builds and tests. Sourced by ./dev.

# [--all] [MAVEN ARGS…]
run_tests() {
  # the optimizing compiler takes a fifth of all the processor's time, and begins to pay when the tests are over
  local quick="-Dtest.jvmFlags=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
  local all=${CI:-} ok=true lacking=0 tarantool excluded=release phase=(verify) gone=() summary=() arg selection= version home preview label
  case ${1:-} in --all) all=true && shift ;; esac
  for arg; do
    case $arg in -Dtest=* | -pl* | --projects*) selection=$* ;; esac
  done
  [ -z "$selection" ] || gone+=("what $selection leaves out")
  need tarantool tarantool || true
  need etcd etcd-server || true
  # not as a test of Maven's, which would have to pass where there is no luacheck
  if need luacheck lua-check 2>/dev/null; then
    luacheck -q --std luajit --globals box api discovery_loader --max-line-length 125 server || ok=false
  else
    gone+=("server/*.lua by luacheck: it isn't installed")
  fi
  need prometheus prometheus || {
    excluded+=,prometheus
    gone+=("what Prometheus reads of the meters: prometheus isn't installed")
  }
  need chromium chromium || {
    excluded+=,chromium
    gone+=("the site in a browser: chromium isn't installed")
  }
  [ $excluded = release ] || set -- -DexcludedGroups=$excluded "$@"
  docker info >/dev/null 2>&1 || gone+=("servers in containers: no container engine answers")
  use_local_images
  # a module that has none of the selected tests is no failure; that no module has one is
  set -- ${images[@]+"${images[@]}"} ${selection:+-Dsurefire.failIfNoSpecifiedTests=false -DfailIfNoTests=false} "$@"

  if [ "$all" = true ]; then
    phase+=(-Prelease)
  else
    for version in 25 21; do
      home=$(jdk $version)
      [ -z "$home" ] || [ "$home" = "$java_home" ] || gone+=("JDK $(jdk_version "$home"): ./dev test --all")
    done
    gone+=("preview classes, javadoc, code that the JVM has optimized, Error Prone's warnings: ./dev test --all")
    # Error Prone's warnings take a tenth of all the processor's time
    set -- -Danalysis.extent=-XepDisableAllWarnings "$quick" "$@"
  fi
  tested "JDK $(jdk_version "$java_home")" "${phase[@]}" -fae "$@" || ok=false
  for version in 25 21; do
    [ "$all" = true ] || break
    home=$(jdk $version)
    [ -n "$home" ] || gone+=("JDK $version: none found")
    # the same code, without the checks that it has passed; each JDK once with its optimizing compiler
    for preview in "" --enable-preview; do
      [ -n "$home" ] && [ "$home$preview" != "$java_home" ] || continue
      label="JDK $(jdk_version "$home")${preview:+ preview}"
      $ok || { gone+=("$label: another configuration failed"); continue; }
      tested "$label" test -fae -Dspotless.check.skip -Denforcer.skip -Dexec.skip -Danalysis=-XDnone \
        -Dtest.jvm="$home/bin/java" -Dtest.preview=$preview ${preview:+"$quick"} "$@" || ok=false
    done
  done
  tarantool=$("${DISCOVERY_TARANTOOL:-tarantool}" -v 2>/dev/null | sed -n '1s/^Tarantool \(Enterprise \)\{0,1\}\([0-9.]*\).*/\2/p')
  [ -z "$tarantool" ] || summary+=("with Tarantool $tarantool$(without_events "$tarantool")")
  printf '%s\n' "${summary[@]}" ${gone[@]+"${gone[@]/#/not tested: }"}
  $ok
}

# LABEL MAVEN ARGS…: one line of the summary, and why tests were skipped
tested() {
  local label=$1 log started=$SECONDS outcome=ok counts run failures errors skipped reason behind
  shift
  log=test-${label// /-}
  echo "== $label"
  mkdir -p target/dev
  touch target/dev/started
  analyse_again "$@"
  # one failed test doesn't keep the modules behind it from being tested
  maven "$log" -Dmaven.test.failure.ignore "$@" || outcome=FAILED
  counts=$(awk '/Tests run:/ && !/ in / { gsub(/[^0-9 ]/, ""); run += $1; failures += $2; errors += $3; skipped += $4 }
    END { print run + 0, failures + 0, errors + 0, skipped + 0 }' "target/dev/$log.log")
  read -r run failures errors skipped <<<"$counts"
  lacking=$(skipped_tests | grep -c '^the server has no ' || true)
  skipped=$((skipped - lacking))
  [ "$run" != 0 ] || outcome="FAILED (no test ran)"
  echo "Tests run: $run, Failures: $failures, Errors: $errors, Skipped: $skipped"
  summary+=("$(printf 'test: %-22s %s, %d tests, %d failed, %d skipped, %d s' \
    "$label" "$outcome" "$run" $((failures + errors)) "$skipped" $((SECONDS - started)))")
  while read -r reason; do
    gone+=("tests on $label: $reason")
  done < <(skipped_tests | grep -v '^the server has no ' | sort | uniq -c | sed 's/^ *\([0-9]*\) /\1 skipped: /')
  behind=$(sed -n 's/^\[INFO\] \([^ ]*\) \.* SKIPPED$/\1/p' "target/dev/$log.log" | paste -sd' ')
  [ -z "$behind" ] || gone+=("$behind on $label: what they depend on failed")
  [ "$outcome" = ok ]
}

# VERSION: what a server of that version can't show
without_events() {
  [ "$(printf '%s\n' 2.10 "$1" | sort -V | head -1)" = 2.10 ] ||
    echo ", which has no watchers: what is pushed was seen on the test kit's node alone (${lacking:-0} tests need a newer server," \
      "which DISCOVERY_TARANTOOL can name)"
}

# Why tests of this run were skipped, a line each. "the server has no …": its version can't show what is tested.
skipped_tests() {
  find . -path '*/target/surefire-reports/TEST-*.xml' -newer target/dev/started -exec awk -v RS='<skipped' '
    FNR > 1 {
      sub(/<\/(skipped|testcase)>.*/, "")
      sub(/\n?\tat .*/, "")
      gsub(/\n/, " ")
      if (match($0, /the server has no [^]]*/)) $0 = substr($0, RSTART, RLENGTH)
      else if (match($0, /message="[^"]*/)) $0 = substr($0, RSTART + 9, RLENGTH - 9)
      else sub(/.*Exception: */, "")
      gsub(/&#10;/, " "); gsub(/&quot;/, "\""); gsub(/&lt;/, "<"); gsub(/&gt;/, ">"); gsub(/&amp;/, "\\&")
      print
    }' {} +
}

# Takes images of this machine's own where it has them; then Testcontainers has no need of a registry.
use_local_images() {
  local server
  images=()
  for server in tarantool etcd; do
    ! docker image inspect $server:local >/dev/null 2>&1 || images+=("-Ddiscovery.testkit.$server.image=$server:local")
  done
  [ ${#images[@]} = 0 ] || export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
}
