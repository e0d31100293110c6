/* What every type of XML document has to pass with the documents of its RFC. */
#ifndef XML_CHECK_H
#define XML_CHECK_H

#include "support/guard_str.h"

#include <sip/xml.h>

/* Where the documents are; from main()'s arguments. */
void xml_check_folder(const char *folder);
/* A file of that folder; free() its ptr. */
sip_str xml_check_load(const char *name);
/* Read a file, which must go well; free it with the body's free(). */
void *xml_check_parse(const sip_xml_body *body, const char *name);
/* The type that prints with this codec. */
const sip_xml_body *xml_check_body(const sip_body_codec *codec);
/* The text of an object; free() its ptr. */
sip_str xml_check_print(const sip_xml_body *body, const void *object);

/*
 * Read, print, read again: the printed text stays the same from then on, no element, attribute or
 * text of the document is missing in it, and the order of elements of one name in one place is
 * kept. Every prefix is refused; a failing allocation, expat's included, leaves nothing behind;
 * printing into too little room is cut and says how much it takes.
 */
void xml_check_document(const sip_xml_body *body, const char *name);
/* This text is refused with `err`. */
void xml_check_refused(const sip_xml_body *body, const char *text, int err);
/* Reads `text`, prints it, expects `printed` after the line of the XML declaration. */
void xml_check_printed(const sip_xml_body *body, const char *text, const char *printed);

#endif
