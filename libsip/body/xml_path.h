/* Writing selectors that point to a node, with the prefixes that they need. */
#ifndef SIP_BODY_XML_PATH_H
#define SIP_BODY_XML_PATH_H

#include "body/xml.h"

typedef struct sip__xml_path {
    char bytes[2048];
    size_t len;
} sip__xml_path;

/* What the paths of one patch have in common. */
typedef struct sip__xml_paths {
    sip__arena *arena;
    sip_xml_attribute *declared, *last_declared; /* the namespaces that the selectors name */
    unsigned n_declared;
    int err; /* the first: SIP_ENOMEM, SIP_ETOOBIG for a path that is too long */
} sip__xml_paths;

/* Zeroed memory of the arena; NULL sets the error. */
void *sip__xml_paths_memory(sip__xml_paths *paths, size_t bytes);
void sip__xml_paths_declare(sip__xml_paths *paths, sip_str prefix, sip_str ns);

/* The selector of an element, from the root on; what was in `path` is gone. */
void sip__xml_path_to(sip__xml_paths *paths, sip__xml_path *path, const sip__xml_node *node);
/* More of it: text, "@" and the name of an attribute, another path. */
void sip__xml_path_put(sip__xml_paths *paths, sip__xml_path *path, const char *text);
void sip__xml_path_attribute(sip__xml_paths *paths, sip__xml_path *path, sip_str ns, sip_str name);
void sip__xml_path_append(sip__xml_paths *paths, sip__xml_path *path, const sip__xml_path *more);

/* Two elements of the same name; and with the same id, or both without. */
bool sip__xml_same_name(const sip_xml *a, const sip_xml *b);
bool sip__xml_same_key(const sip_xml *a, const sip_xml *b);

#endif
