# Sourced by the scripts at the top of the project: says in one line what is missing where there is no JDK 17, instead
# of what Maven says about it after it has been downloaded.

if [ -n "${JAVA_HOME-}" ]; then
  jdkPlace="in JAVA_HOME, $JAVA_HOME" jdkVersion=$("$JAVA_HOME/bin/javac" -version 2>&1) || jdkVersion=none
else
  jdkPlace="on the PATH" jdkVersion=$(javac -version 2>&1) || jdkVersion=none
fi
jdkMajor=${jdkVersion#javac }
jdkMajor=${jdkMajor%%[!0-9]*}
if [ "${jdkMajor:-0}" -lt 17 ]; then
  [ -n "$jdkMajor" ] || jdkVersion="no javac"
  echo "Aquifer needs a JDK 17 or newer, found $jdkVersion $jdkPlace: install one, or set JAVA_HOME to its folder." >&2
  exit 1
fi
unset jdkPlace jdkVersion jdkMajor
