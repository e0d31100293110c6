/* An agent of a simulated world. What it answers stands in the user part of the Request-URI, so
 * that whoever calls decides: "a180-486-1500" rings, and refuses after a second and a half. */
#ifndef ACTOR_H
#define ACTOR_H

#include "sim/world/globe.h"

extern const sip_tu_handler actor_handler;
/* What it says in INVITEs and in 2xx to them. */
extern const sip_body actor_description;

#endif
