package gyre.signalling.session;

import gyre.signalling.relay.Switchboard;
import java.time.InstantSource;

/** What every conversation of a server has to do with. */
record Services(
    Gatehouse gatehouse,
    SwarmThread swarm,
    Switchboard switchboard,
    Meters meters,
    InstantSource clock) {}
