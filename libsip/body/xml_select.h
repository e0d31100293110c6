/* Selectors: the part of XPath by which patches point to one node of a document (RFC 5261 4.1). */
#ifndef SIP_BODY_XML_SELECT_H
#define SIP_BODY_XML_SELECT_H

#include "body/xml.h"

/* Where the prefixes of a selector are declared: lists of attributes, the nearest first. Prefixes
 * that nobody declares are those that the RFCs use, and no prefix is PIDF. */
typedef struct sip__xml_scope {
    const sip_xml_attribute *inner, *outer;
    size_t *work; /* what may still be looked at, 0 once that was too little; NULL: all */
} sip__xml_scope;

enum sip__xml_target_kind {
    SIP__XML_TARGET_ELEMENT,
    SIP__XML_TARGET_TEXT,
    SIP__XML_TARGET_ATTRIBUTE,
    SIP__XML_TARGET_NAMESPACE
};

typedef struct sip__xml_target {
    enum sip__xml_target_kind kind;
    sip__xml_node *node; /* the element or text; of the others the element they are of */
    sip__xml_attribute
        *attribute;   /* of ATTRIBUTE and NAMESPACE; NULL from sip__xml_select_type() */
    sip_str ns, name; /* the same */
} sip__xml_target;

/* The one node that a selector points to.
 * Returns 0, SIP_ESYNTAX, SIP_ENOENT for none or several, SIP_ETOOBIG over 16 steps or 4 conditions
 * at one, or for too much work. */
int sip__xml_select(sip__xml_node *root, const sip__xml_scope *scope, sip_str selector,
                    sip__xml_target *ret_target);
/* "@name" or "namespace::prefix" by itself; `node` stays. Returns 0 or SIP_ESYNTAX. */
int sip__xml_select_type(const sip__xml_scope *scope, sip_str type, sip__xml_target *ret_target);

/* An attribute of an element; NULL: it has none of that name. */
sip__xml_attribute *sip__xml_attribute_find(const sip__xml_node *node, sip_str ns, sip_str name);
/* The same, and NULL for too much work. */
sip__xml_attribute *sip__xml_attribute_seek(const sip__xml_scope *scope, const sip__xml_node *node,
                                            sip_str ns, sip_str name);
/* Take from the work that is left; false: there is less. */
bool sip__xml_spend(const sip__xml_scope *scope, size_t work);

#endif
