#!/bin/sh
# Creates the virtual environment: create_venv.sh DIRECTORY [INTERPRETER]
#
# Without INTERPRETER the first of python3, python3.13, python3.12 and python3.11 that is Python 3.11 or newer is taken.
# Each candidate is run, not merely looked up: a version manager puts names on PATH that refuse to start.
set -eu

directory=$1
wanted=${2:-}

fail() {
    printf '\nerror: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    printf '\n' >&2
    exit 1
}

version_of() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null; }
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -n "$wanted" ]; then
    version=$(version_of "$wanted") || fail "PYTHON=$wanted does not start."
    is_new_enough "$wanted" || fail "PYTHON=$wanted is Python $version; Zeren needs 3.11 or newer."
    python=$wanted
else
    python=
    for candidate in python3 python3.13 python3.12 python3.11; do
        if is_new_enough "$candidate"; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ]; then
        found=$(version_of python3) && found="python3 here is $found" || found="there is no python3 here"
        fail "Zeren needs Python 3.11 or newer; $found." \
            "Install one, or name one that is not on PATH: make serve PYTHON=/path/to/python3.12"
    fi
fi

missing_venv() {
    minor=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    fail "$python cannot create a virtual environment: its modules venv or ensurepip are missing." \
        "On Debian and Ubuntu: sudo apt-get install python3-venv (or python$minor-venv)" \
        "Then run the same command again."
}

# Debian's python3 has `venv` but not `ensurepip` until python3-venv is installed.
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing_venv

printf 'Creating %s with Python %s\n' "$directory" "$(version_of "$python")"
"$python" -m venv --clear "$directory" || fail "$python -m venv $directory failed; its message stands above."
