#!/usr/bin/env bash
# Makes sure that programs the end-to-end checks need are there: installs them where it may, else says the line to type.
# usage: need.sh PROGRAM PACKAGE [PROGRAM PACKAGE …]
set -euo pipefail
missing=()
while (($# >= 2)); do
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
  shift 2
done
((${#missing[@]})) || exit 0
line="apt-get install -y --no-install-recommends ${missing[*]}"
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null 2>&1; then
  echo "installing ${missing[*]}" >&2
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $line -qq >/dev/null && exit 0
fi
echo "these checks need ${missing[*]}; type:  sudo $line" >&2
exit 1
