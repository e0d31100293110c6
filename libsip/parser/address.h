/* The reading of sip_address values, for those that hold the memory already. */
#ifndef SIP_PARSER_ADDRESS_H
#define SIP_PARSER_ADDRESS_H

#include <sip/uri.h>

/** As sip_address_parse(), of text without white space about it, into memory that a failure leaves
 * in disorder. */
int sip__address_read(sip_str text, sip_address *address);
/** The same, of what sip__scan_way.address read up to `plain_end`, or refused with NULL. */
int sip__address_read_on(sip_str text, const char *plain_end, sip_address *address);

#endif
