/* A proxy of a simulated world: sip:planN@proxy goes where that plan says, all else where it leads
 * by itself. */
#ifndef MIDDLE_H
#define MIDDLE_H

#include "sim/world/globe.h"

extern const sip_tu_handler middle_handler;

#endif
