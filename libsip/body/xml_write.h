/* Elements, attributes and text to bytes: escaping, and prefixes where they are needed. */
#ifndef SIP_BODY_XML_WRITE_H
#define SIP_BODY_XML_WRITE_H

#include <sip/xml.h>

#define SIP__XML_MAX_BINDINGS 64

typedef struct sip__xml_binding {
    sip_str prefix, ns;
    char made[12]; /* where the prefix stands that we invented */
} sip__xml_binding;

typedef struct sip__xml_writer {
    char *out;
    size_t size, len;
    int err; /* the first; nothing is written after it */
    unsigned depth;
    bool tag_is_open;                                 /* "<name" stands there without its ">" */
    sip__xml_binding bindings[SIP__XML_MAX_BINDINGS]; /* in force, the innermost last */
    unsigned n_bindings;
} sip__xml_writer;

/* An element between its begin and its end. */
typedef struct sip__xml_element {
    sip_str prefix, name;
    unsigned first_binding;
} sip__xml_element;

/* Print as snprintf() does. */
void sip__xml_writer_init(sip__xml_writer *writer, char *out, size_t size);
/* The length needed, or the error. */
int sip__xml_writer_finish(sip__xml_writer *writer);

/* An element is begun, declares its namespaces, is opened, gets its attributes, then its content,
 * and is ended. */
void sip__xml_begin(sip__xml_writer *writer, sip__xml_element *element);
/* Nothing if it is in force already; another prefix if this one is taken. */
void sip__xml_declare(sip__xml_writer *writer, const sip__xml_element *element, sip_str prefix,
                      sip_str ns);
/* All declarations in a list of attributes. */
void sip__xml_declare_all(sip__xml_writer *writer, const sip__xml_element *element,
                          const sip_xml_attribute *attributes);
/* True if a prefix stands for this namespace. */
bool sip__xml_is_declared(const sip__xml_writer *writer, sip_str ns);
void sip__xml_open(sip__xml_writer *writer, sip__xml_element *element, sip_str ns, sip_str wish,
                   sip_str name);
void sip__xml_attribute_out(sip__xml_writer *writer, const sip_xml_attribute *attribute);
/* All of a list that declare nothing. */
void sip__xml_attributes_out(sip__xml_writer *writer, const sip_xml_attribute *attributes);
void sip__xml_text_out(sip__xml_writer *writer, sip_str text);
void sip__xml_end(sip__xml_writer *writer, const sip__xml_element *element);

/* "<?xml …?>". */
void sip__xml_prolog_out(sip__xml_writer *writer);
/* One node of a tree, all of it. */
void sip__xml_node_out(sip__xml_writer *writer, const sip_xml *node);

#endif
