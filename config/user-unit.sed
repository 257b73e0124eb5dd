# Makes the unit for `systemctl --user` out of dirtwatch.service: a person's own manager can not change users
# or take capabilities away, and config and state lie in the person's home (systemd 252 would put the state
# of a user's unit beside its config).
/^User=/d
/^DynamicUser=/d
/^# A user made for this service/d
/^CapabilityBoundingSet=/d
/^AmbientCapabilities=/d
/^ProtectHome=/d
/^StateDirectory/d
/^ConfigurationDirectory=/d
/network-online\.target/d
s/^ProtectSystem=.*/ProtectSystem=full/
s/^WantedBy=.*/WantedBy=default.target/
