#!/bin/sh
# After the files are in place: AppArmor learns the profile, if this system has AppArmor 4 or newer. Older ones do not
# restrict user namespaces and do not understand the profile, so they need none.
set -e
root=${DPKG_ROOT:-}
shipped=$root/usr/lib/enginebench/apparmor-profile
profile=$root/etc/apparmor.d/enginebench

if [ -d "$root/etc/apparmor.d" ] && command -v apparmor_parser >/dev/null 2>&1; then
  if apparmor_parser --skip-kernel-load --skip-cache "$shipped" >/dev/null 2>&1; then
    cp "$shipped" "$profile"
    chmod 0644 "$profile"
    if [ -z "$root" ] && [ -d /sys/kernel/security/apparmor ]; then
      apparmor_parser --replace --write-cache --skip-read-cache "$profile" ||
        echo "enginebench: AppArmor did not load $profile; it will at the next start of the system." >&2
    fi
  fi
fi
exit 0
