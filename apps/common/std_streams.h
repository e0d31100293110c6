/* Standard input, output and error. */
#ifndef COMMON_STD_STREAMS_H
#define COMMON_STD_STREAMS_H

#include <stdbool.h>

/* Call first: opens those that we were started without, lest a socket get their number, which libuv
 * aborts on. False if one cannot be. */
bool std_streams_open(void);

#endif
