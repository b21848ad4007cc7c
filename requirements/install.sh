# Sourced by ./run and ./test: finds a Python, makes .venv, installs a lock once. Prints what it does and how far it is.

VENV=.venv

say() { printf '%s\n' "$*" >&2; }
fail() { say "speechapp: $*"; exit 1; }

# The name of a Python that is new enough, or nothing.
find_python() {
  local name
  for name in ${SPEECHAPP_PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      printf '%s' "$name"
      return
    fi
  done
}

make_venv() {
  [ -x "$VENV/bin/python" ] && return
  local python
  python=$(find_python)
  [ -n "$python" ] || fail "needs Python 3.11 or newer, found $("${SPEECHAPP_PYTHON:-python3}" --version 2>&1 || true). Install one, or name it: SPEECHAPP_PYTHON=/path/to/python3 $0"
  say "Making $VENV with $("$python" --version) ..."
  rm -rf "$VENV.making"
  if ! "$python" -m venv "$VENV.making" >/dev/null 2>&1; then
    rm -rf "$VENV.making"
    fail "$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
  fi
  rm -rf "$VENV.making"
  "$python" -m venv "$VENV"
}

# install_lock NAME: install requirements/NAME.lock and this project, unless exactly that was done before.
install_lock() {
  local lock="requirements/$1.lock" stamp="$VENV/.installed-$1" wanted
  wanted=$(cat "$lock" pyproject.toml | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  pip_install "the packages of $lock (once, about a minute)" "$(grep -o '^[a-z0-9][^=]*==' "$lock" | sort -u | wc -l)" --require-hashes -r "$lock"
  pip_install "this project" 1 --no-deps --no-build-isolation -e .
  printf '%s' "$wanted" >"$stamp"
}

# PyTorch is not locked: which build is right depends on the machine.
install_torch() {
  "$VENV/bin/python" -c 'import torch' >/dev/null 2>&1 && return
  pip_install "PyTorch" 1 -r requirements/torch-version.txt
}

# pip_install WHAT COUNT ARGUMENT...: run pip with one line of progress; its whole output is shown only if it fails.
pip_install() {
  local what=$1 total=$2 log="$VENV/pip.log"
  shift 2
  say "Installing $what ..."
  if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off "$@" 2>&1 |
    tee "$log" | show_progress "$total"; then
    tail -n 15 "$log" >&2
    fail "pip could not install $what; its last lines stand above, all of them in $log. Is there a network? Run it again to go on."
  fi
}

# One line that counts packages: rewritten in place on a terminal, every twentieth in a log.
show_progress() {
  local n=0 line
  while IFS= read -r line; do
    case $line in
      Collecting* | *"already satisfied"*)
        n=$((n + 1))
        if [ -t 2 ]; then
          printf '\r\033[K  %d of %d  %s' "$n" "$1" "${line%% (*}" >&2
        elif [ $((n % 20)) -eq 0 ]; then
          say "  $n of $1"
        fi
        ;;
      Installing\ collected*) [ -t 2 ] && printf '\r\033[K  unpacking %d packages ...' "$n" >&2 ;;
    esac
  done
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}
