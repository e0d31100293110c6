/* What a message says, by the path of an accessor: "via[2].branch", "from.uri.host". */
#ifndef MSG_VALUE_H
#define MSG_VALUE_H

#include <sip/msg.h>

/* Print the value of `path` into `out`: "absent" where there is none; bytes that are not printable
 * ASCII as \xHH, a backslash as two. False for a path that names nothing. */
bool msg_value(const sip_msg *msg, sip_str path, char *out, size_t size);

#endif
