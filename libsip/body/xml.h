/* The tree of an XML document, built by expat in an arena: what the public tree shows, and marks
 * for those who take it apart. */
#ifndef SIP_BODY_XML_H
#define SIP_BODY_XML_H

#include "base/arena.h"

#include <sip/xml.h>

typedef struct sip__xml_attribute {
    sip_xml_attribute x;
    bool taken; /* a member of a struct holds it */
} sip__xml_attribute;

typedef struct sip__xml_node {
    sip_xml x; /* its children and attributes are sip__xml_node and sip__xml_attribute too */
    struct sip__xml_node *parent;
    struct sip__xml_node *last_child;
    sip__xml_attribute *last_attribute;
    bool taken;
} sip__xml_node;

/* An object and the arena of all that it points to, one block. */
void *sip__xml_box_create(const sip_allocator *allocator, size_t object_bytes,
                          sip__arena **ret_arena);
/* NULL is fine. */
void sip__xml_box_free(const sip_allocator *allocator, void *object);

/* Read `text` into `root`, which is the caller's; all else comes from the arena. A refusal is
 * counted. Returns as sip_xml_body_parse(). */
int sip__xml_read_tree(sip__arena *arena, const sip_xml_options *options, sip_str text,
                       sip__xml_node *root);
/* Counts what became of a document whose tree was read. */
void sip__xml_count(const sip_xml_options *options, int err);

void sip__xml_append_child(sip__xml_node *parent, sip__xml_node *child);
void sip__xml_append_attribute(sip__xml_node *node, sip__xml_attribute *attribute);

/* A node of a tree that is ours to change. */
static inline sip__xml_node *sip__xml_node_of(const sip_xml *x)
{
    return (sip__xml_node *)(void *)(uintptr_t)x;
}

static inline sip__xml_attribute *sip__xml_attribute_of(const sip_xml_attribute *x)
{
    return (sip__xml_attribute *)(void *)(uintptr_t)x;
}

static inline bool sip__xml_is(const sip_xml *node, const char *ns, const char *name)
{
    return sip_str_equal(node->name, name) && sip_str_equal(node->ns, ns);
}

/* Only spaces, tabs and line ends. */
bool sip__xml_is_blank(sip_str text);

#endif
