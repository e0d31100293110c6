/* SipHash-1-3: a keyed hash of short inputs that strangers cannot make collide. */
#ifndef SIP_BASE_SIPHASH_H
#define SIP_BASE_SIPHASH_H

#include <sip/base.h>

uint64_t sip__siphash(const uint64_t key[2], sip_str bytes);

#endif
