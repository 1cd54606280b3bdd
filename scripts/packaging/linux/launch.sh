#!/bin/sh
# What a Linux package and an AppImage start as `enginebench`: the window if no command is given, otherwise the command
# line. Chromium's sandbox is never turned off here: if this system has no means for one, it says so and starts nothing.
here=$(dirname "$(readlink -f "$0")")

fail() {
  echo "enginebench: $1" >&2
  # Started from a menu, nobody sees what is written above.
  if [ ! -t 2 ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    if command -v zenity >/dev/null 2>&1; then zenity --error --no-markup --title Enginebench --text "$1"
    elif command -v kdialog >/dev/null 2>&1; then kdialog --title Enginebench --error "$1"
    fi
  fi
  exit 1
}

setting() {
  cat "/proc/sys/$1" 2>/dev/null || echo "$2"
}

# Prints why Chromium cannot make its sandbox; nothing if it can.
sandbox_obstacle() {
  helper=$here/chrome-sandbox
  if [ -u "$helper" ] && [ "$(stat -c %u "$helper")" = 0 ]; then return; fi
  if [ "$(setting user/max_user_namespaces 1)" = 0 ]; then
    echo 'user.max_user_namespaces is 0'
  elif [ "$(setting kernel/unprivileged_userns_clone 1)" = 0 ]; then
    echo 'kernel.unprivileged_userns_clone is 0'
  elif [ "$(setting kernel/apparmor_restrict_unprivileged_userns 0)" = 1 ] &&
    [ "$(cat /proc/self/attr/current 2>/dev/null)" = unconfined ]; then
    echo 'AppArmor allows them only to programs with a profile: kernel.apparmor_restrict_unprivileged_userns is 1'
  elif command -v unshare >/dev/null 2>&1 && ! unshare --user --map-root-user true 2>/dev/null; then
    echo 'making one failed: a container or a policy of this system refuses it'
  fi
}

window() {
  if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    fail 'The window did not open: this machine has no display. The command line needs none: enginebench doctor'
  fi
  for word in "$@"; do
    if [ "$word" = --no-sandbox ]; then ELECTRON_DISABLE_SANDBOX=1; fi
  done
  if [ -n "${ELECTRON_DISABLE_SANDBOX:-}" ]; then
    echo "enginebench: the window starts without Chromium's sandbox, as --no-sandbox or ELECTRON_DISABLE_SANDBOX asks." >&2
    exec "$here/enginebench" "$@"
  fi
  if [ "$(id -u)" = 0 ]; then
    fail "The window does not start for root, since Chromium has no sandbox there. Start it as another user; the command \
line works for root: enginebench doctor. To start the window without a sandbox all the same: ELECTRON_DISABLE_SANDBOX=1"
  fi
  obstacle=$(sandbox_obstacle)
  if [ -n "$obstacle" ]; then
    fail "The window did not start: Chromium's sandbox needs user namespaces, and this system refuses them ($obstacle). \
Install the .deb or .rpm package, which brings what the sandbox needs, or allow user namespaces: the guide to installing \
says how. The command line needs no sandbox: enginebench doctor"
  fi
  exec "$here/enginebench" "$@"
}

command_line() {
  node=${ENGINEBENCH_NODE:-node}
  if ! "$node" -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > @nodeMajor@ || (major === @nodeMajor@ && minor >= @nodeMinor@) ? 0 : 1)' 2>/dev/null; then
    echo "enginebench: the command line needs Node @nodeMajor@.@nodeMinor@ or newer, and \"$node\" is not. Install it, or name \
one: ENGINEBENCH_NODE=/path/to/node enginebench ..." >&2
    exit 1
  fi
  exec "$node" "$here/resources/app.asar.unpacked/out/cli/enginebench.cjs" "$@"
}

case "${1:-}" in
  --version | -v) echo 'enginebench @version@' ;;
  --help | -h) command_line "$@" ;;
  '' | -*) window "$@" ;;
  *) command_line "$@" ;;
esac
