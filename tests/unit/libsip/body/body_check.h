/* What every type of body has to pass. */
#ifndef BODY_CHECK_H
#define BODY_CHECK_H

#include "support/guard_str.h"

#include <sip/body_type.h>

/* Read a body, which must go well; free it with type->free(NULL, object). `text` has to outlive
 * it. */
void *body_check_read(const sip_body_type *type, const char *content_type, sip_str text);
/* The text of an object; free() it. */
char *body_check_print(const sip_body_type *type, const void *object);
/* Read, print, read again: the printed text stays the same and is `printed` (NULL: the text
 * itself); nothing is read beyond the end, of any prefix and with any byte changed; a failing
 * allocation leaves nothing behind; printing into too little room is cut and says how much it
 * takes. */
void body_check(const sip_body_type *type, const char *content_type, const char *text,
                const char *printed);
/* This text is refused with `err`. */
void body_check_refused(const sip_body_type *type, const char *content_type, const char *text,
                        int err);

#endif
