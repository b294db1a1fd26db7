# Runs Maven: shows how far it is, and at the end what failed. Sourced by ./dev.

# LOG ARGS…: the whole output is in target/dev/LOG.log
maven() {
  local log=target/dev/$1.log
  shift
  mkdir -p target/dev
  [ "$(analysis "$@")" -ge "$(analysed)" ] || analysis "$@" >target/dev/analysed
  JAVA_HOME=$java_home mvn -B -ntp -T 1.5C ${jdk21:+"-Djdk21.home=$jdk21"} ${jdk25:+"-Djdk25.home=$jdk25"} \
    -Dmaven.test.redirectTestOutputToFile=true "$@" </dev/null 2>&1 | tee "$log" | show_progress &&
    # where Maven was asked to go on after a failed test, it ends well
    ! grep -q '^\[ERROR\]' "$log" && return
  show_failures "$log"
  return 1
}

# MAVEN ARGS…: how much javac is to look for beyond its own warnings: 0 nothing, 1 what is surely wrong, 2 all
analysis() {
  case " $* " in
    *" -Danalysis=-XDnone "*) echo 0 ;;
    *" -Danalysis.extent="*) echo 1 ;;
    *) echo 2 ;;
  esac
}

# How much it has looked for, at least, in all that is compiled.
analysed() { cat target/dev/analysed 2>/dev/null || echo 2; }

# MAVEN ARGS…: has compiled again what was analysed less than they ask for; Maven itself sees no reason to.
analyse_again() {
  [ "$(analysis "$@")" -gt "$(analysed)" ] || return 0
  find . -type d \( -path '*/target/classes' -o -path '*/target/test-classes' \) -prune -exec rm -rf {} +
  analysis "$@" >target/dev/analysed
}

# Of Maven's output: modules, test classes and warnings.
show_progress() {
  local line
  while IFS= read -r line; do
    case ${line//$'\e[0m'/} in
      "[INFO] Building discovery"*" "[0-9]*) line=${line#* Building } && echo "  ${line%% *}" ;;
      "["*"] Tests run:"*" in "*) echo "    ${line#* }" ;;
      "[WARNING] *"* | "[WARNING] ") ;;
      # about the schema of bills of materials, by the library that checks them
      "[WARNING] Unknown keyword "*) ;;
      "[WARNING]"*) printf '%s\n' "$line" ;;
    esac
  done
}

# LOG: what failed, in as few lines as say it, and where the rest is
show_failures() {
  local log=$1 class
  echo
  sed -n 's/^\[ERROR\] Tests run:.*<<< [A-Z]*! -- in //p' "$log" | sort -u | while read -r class; do
    show_failed_tests "$class"
  done
  show_errors "$log"
  echo "all of Maven's output: $log"
}

# CLASS: its failed tests, each with the assertion's message and its place
show_failed_tests() {
  local class=$1 report output
  report=$(find . -path "*/target/surefire-reports/$class.txt" -print -quit)
  report=${report#./}
  [ -n "$report" ] || { echo "failed: $class"; return; }
  awk -v place="(${class##*.}.java:" '
    /<<< (FAILURE|ERROR)!$/ {
      message = !/^Tests run:/
      if (message) { sub(/ -- Time elapsed.*/, ""); print "failed: " $0; lines = 0; found = 0 }
      next
    }
    /^\tat / {
      message = 0
      if (!found && index($0, place)) { found = 1; sub(/.*\(/, ""); sub(/\)$/, ""); print "    at " $0 }
    }
    message && NF && lines++ < 12 { print "    " $0 }
  ' "$report"
  output=${report%.txt}-output.txt
  [ -s "$output" ] || output=
  echo "    stack traces: $report${output:+; what the test printed: $output}"
}

# LOG: Maven's own reasons without its advice; failed tests are not among them
show_errors() {
  awk -v here="$PWD/" '
    /^\[INFO\] BUILD / { end = 1 }
    /^\[INFO\] BUILD FAILURE/ { delete errors; count = 0 }
    { line = $0 }
    # show_failed_tests says more than this list does
    /^\[(INFO|ERROR)\] Results:/ { results = 1 }
    results && /Tests run:/ { results = 0 }
    /^\[ERROR\]/ && !results {
      sub(/^\[ERROR\] ?/, "", line)
      sub(/ *-> \[Help [0-9]*\]$/, "", line)
      if (line ~ /^ *$/ || line ~ /^(To see the full stack|Re-run Maven|For more information|After correcting|\[Help|See dump files|Tests run:)/ ||
        line ~ /<<< (FAILURE|ERROR)!/ || line ~ /mvn <(args|goals)>/ || line ~ /(There are test failures|surefire-reports for the individual)/) next
      sub(/^Failed to execute goal .* on project /, "", line)
      sub(/Compilation failure: Compilation failure: */, "Compilation failure", line)
      sub(/Run .mvn spotless:apply. to fix these violations\./, "./dev format mends it.", line)
      while (i = index(line, here)) line = substr(line, 1, i - 1) substr(line, i + length(here))
      if (!(line in errors)) { errors[line] = 1; shown[++count] = line }
    }
    # the compiler says that warnings are errors, but not which
    /^\[WARNING\] .*\.java:\[/ && warnings++ < 40 {
      sub(/^\[WARNING\] /, "")
      warning = warning "\n" (index($0, here) == 1 ? substr($0, length(here) + 1) : $0)
    }
    { last[NR % 20] = $0 }
    END {
      for (i = 1; i <= count && i <= 60; i++) print shown[i] (shown[i] ~ /-Werror specified/ ? warning : "")
      if (count > 60) print "… and " count - 60 " lines more"
      # Maven did not even begin, or was ended
      if (!end && !count) for (i = NR - 19; i <= NR; i++) if (i > 0) print last[i % 20]
    }
  ' "$1"
}
