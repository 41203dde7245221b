# Sets by_hand to what shows an installation by hand: its folder, or a unit that runs another program. Such an
# installation is left alone.
by_hand=
for unit in /etc/systemd/system/heirloom.service /usr/local/lib/systemd/system/heirloom.service; do
	# A unit that runs the package's program is a changed copy of the package's unit. A link is a masked unit.
	if [ -f "$unit" ] && [ ! -L "$unit" ] && ! grep -q '^ExecStart=[^/]*/usr/bin/heirloom ' "$unit"; then
		by_hand=$unit
	fi
done
if [ -e /opt/heirloom ]; then by_hand=/opt/heirloom; fi
