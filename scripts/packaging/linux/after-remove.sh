#!/bin/sh
# After the files are gone (not when a newer version replaces them): AppArmor forgets the profile. Data of users stays.
# dpkg says `remove` or `purge`, rpm says how many versions are left.
set -e
root=${DPKG_ROOT:-}
profile=$root/etc/apparmor.d/enginebench

case "${1:-}" in
  remove | purge | 0)
    if [ -f "$profile" ]; then
      if [ -z "$root" ] && [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null 2>&1; then
        apparmor_parser --remove "$profile" || true
      fi
      rm -f "$profile"
    fi
    ;;
esac
exit 0
