/* A scripted zone from lines of text, as a zone file has them:
 *     example.com 60 NAPTR 10 50 s SIP+D2U - _sip._udp.example.com
 *     _sip._udp.example.com 60 SRV 1 2 5060 a.example.com
 *     a.example.com 60 A 192.0.2.1
 *     a.example.com 60 AAAA 2001:db8::1
 *     www.example.com 60 CNAME a.example.com
 * name, TTL, type, its fields; "-" is an empty one. */
#ifndef ZONE_TEXT_H
#define ZONE_TEXT_H

#include "dns/scripted_resolver.h"

/* Fails the test on a line that it cannot read. */
void zone_load(sip__zone *zone, const char *text);
/* "A", "NAPTR" … */
const char *zone_type_name(sip_dns_type type);

#endif
