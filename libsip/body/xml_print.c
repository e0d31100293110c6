/* From structs to bytes, as a table says. */
#include "body/xml_table.h"

#include <string.h>

struct printer {
    sip__xml_writer w;
    const struct sip__xml_doc *doc;
    uint32_t used; /* the namespaces that stand in the document, a bit each */
};

static void fail(struct printer *p)
{
    if (p->w.err == 0) {
        p->w.err = SIP_EINVAL;
    }
}

static sip_str uri_of(unsigned ns)
{
    return sip_str_of(sip__xml_ns_uri(ns));
}

static sip_str prefix_of(const struct printer *p, unsigned ns)
{
    return sip_str_of(ns == p->doc->default_ns ? "" : sip__xml_ns_prefix(ns));
}

static void use(struct printer *p, unsigned ns)
{
    if (ns != SIP__NS_NONE && ns != SIP__NS_XML) {
        p->used |= (uint32_t)1 << ns;
    }
}

/* The text of a row's value; false: there is nothing to print. */
static bool value_of(struct printer *p, const struct sip__xml_row *row, const char *object,
                     char *room, sip_str *ret_text)
{
    if (!sip__xml_value_print(row, object + row->offset, room, ret_text)) {
        fail(p);
        return false;
    }
    if (ret_text->ptr == NULL && row->required) {
        fail(p);
    }
    return ret_text->ptr != NULL;
}

static void print_attribute(struct printer *p, const struct sip__xml_row *row, const char *object)
{
    char room[SIP__XML_VALUE_BYTES];
    sip_xml_attribute attribute = {.ns = uri_of(row->ns),
                                   .prefix = sip_str_of(sip__xml_ns_prefix(row->ns)),
                                   .name = sip_str_of(row->name)};

    if (value_of(p, row, object, room, &attribute.value)) {
        use(p, row->ns);
        sip__xml_attribute_out(&p->w, &attribute);
    }
}

/* Attributes of a simple child that have no member. */
static const sip_xml_attribute *attributes_of(unsigned ns, sip_str name, const char *object)
{
    const sip_xml *x = ((const sip_xml_extra *)(const void *)object)->nodes;

    for (; x != NULL; x = x->next) {
        if (x->attributes_only && sip_str_same(x->name, name) &&
            sip_str_equal(x->ns, sip__xml_ns_uri(ns))) {
            return x->attributes;
        }
    }
    return NULL;
}

static void begin(struct printer *p, sip__xml_element *element, unsigned ns, sip_str name,
                  const sip_xml_attribute *attributes)
{
    use(p, ns);
    sip__xml_begin(&p->w, element);
    sip__xml_declare_all(&p->w, element, attributes);
    sip__xml_open(&p->w, element, uri_of(ns), prefix_of(p, ns), name);
}

static void print_simple_child(struct printer *p, const struct sip__xml_row *row,
                               const char *object)
{
    char room[SIP__XML_VALUE_BYTES];
    const sip_xml_attribute *attributes;
    sip__xml_element element;
    sip_str text, name;

    if (!value_of(p, row, object, room, &text)) {
        return;
    }
    name = row->name != NULL ? sip_str_of(row->name) : text;
    attributes = attributes_of(row->ns, name, object);
    begin(p, &element, row->ns, name, attributes);
    sip__xml_attributes_out(&p->w, attributes);
    if (row->kind != SIP__XML_CHOICE) {
        sip__xml_text_out(&p->w, text);
    } else if (row->name != NULL) {
        sip__xml_element choice;

        begin(p, &choice, row->ns, text, NULL);
        sip__xml_end(&p->w, &choice);
    }
    sip__xml_end(&p->w, &element);
}

static void print_nodes(struct printer *p, const char *object)
{
    const sip_xml *x = ((const sip_xml_extra *)(const void *)object)->nodes;

    for (; x != NULL && p->w.err == 0; x = x->next) {
        if (!x->attributes_only) {
            sip__xml_node_out(&p->w, x);
        }
    }
}

static void print_struct(struct printer *p, const struct sip__xml_shape *shape, unsigned ns,
                         sip_str name, const char *object);

/* The name that an object of a row without a name gives itself. */
static sip_str own_name(struct printer *p, const struct sip__xml_shape *shape, const char *object)
{
    char room[SIP__XML_VALUE_BYTES];
    sip_str name = {NULL, 0};

    for (unsigned i = 0; i < shape->n_rows; i++) {
        if (shape->rows[i].place == SIP__XML_NAME) {
            value_of(p, &shape->rows[i], object, room, &name);
        }
    }
    return name;
}

static void print_structs(struct printer *p, const struct sip__xml_row *row, const char *object)
{
    const char *child = *(const char *const *)(const void *)(object + row->offset);
    size_t n = child != NULL ? 1 : 0;

    if (row->kind == SIP__XML_LIST) {
        n = *(const size_t *)(const void *)(object + row->offset + sizeof(void *));
    }
    if ((row->required && n == 0) || (child == NULL && n > 0)) {
        fail(p);
        return;
    }
    for (size_t i = 0; i < n && p->w.err == 0; i++, child += row->shape->bytes) {
        print_struct(p, row->shape, row->ns,
                     row->name != NULL ? sip_str_of(row->name) : own_name(p, row->shape, child),
                     child);
    }
}

static bool print_row(struct printer *p, const struct sip__xml_row *row, const char *object)
{
    char room[SIP__XML_VALUE_BYTES];
    sip_str text;

    switch ((enum sip__xml_place)row->place) {
    case SIP__XML_CHILD:
        if (row->kind == SIP__XML_STRUCT || row->kind == SIP__XML_LIST) {
            print_structs(p, row, object);
        } else {
            print_simple_child(p, row, object);
        }
        break;
    case SIP__XML_CONTENT:
        if (value_of(p, row, object, room, &text)) {
            sip__xml_text_out(&p->w, text);
        }
        break;
    case SIP__XML_ANY:
        print_nodes(p, object);
        return true;
    case SIP__XML_ATTRIBUTE:
    case SIP__XML_NAME:
        break;
    }
    return false;
}

/* Attributes and content of an element that was opened. */
static void print_inside(struct printer *p, const struct sip__xml_shape *shape, const char *object)
{
    bool nodes_are_out = false;

    for (unsigned i = 0; i < shape->n_rows; i++) {
        if (shape->rows[i].place == SIP__XML_ATTRIBUTE) {
            print_attribute(p, &shape->rows[i], object);
        }
    }
    sip__xml_attributes_out(&p->w, ((const sip_xml_extra *)(const void *)object)->attributes);
    for (unsigned i = 0; i < shape->n_rows; i++) {
        nodes_are_out = print_row(p, &shape->rows[i], object) || nodes_are_out;
    }
    if (!nodes_are_out) {
        print_nodes(p, object);
    }
}

static void print_struct(struct printer *p, const struct sip__xml_shape *shape, unsigned ns,
                         sip_str name, const char *object)
{
    sip__xml_element element;

    begin(p, &element, ns, name, ((const sip_xml_extra *)(const void *)object)->attributes);
    print_inside(p, shape, object);
    sip__xml_end(&p->w, &element);
}

static void print_root(struct printer *p, const char *object, uint32_t declare)
{
    const sip_xml_extra *extra = (const sip_xml_extra *)(const void *)object;
    const sip_str name =
        p->doc->root != NULL ? sip_str_of(p->doc->root) : own_name(p, p->doc->shape, object);
    sip__xml_element element;

    sip__xml_prolog_out(&p->w);
    sip__xml_begin(&p->w, &element);
    sip__xml_declare_all(&p->w, &element, extra->attributes);
    for (unsigned ns = 0; ns < SIP__NS_COUNT; ns++) {
        if ((declare & (uint32_t)1 << ns) != 0 && !sip__xml_is_declared(&p->w, uri_of(ns))) {
            sip__xml_declare(&p->w, &element, prefix_of(p, ns), uri_of(ns));
        }
    }
    use(p, p->doc->ns);
    sip__xml_open(&p->w, &element, uri_of(p->doc->ns), prefix_of(p, p->doc->ns), name);
    print_inside(p, p->doc->shape, object);
    sip__xml_end(&p->w, &element);
}

/* Twice: the first time shows which namespaces are to be declared at the root. */
int sip__xml_doc_print(const struct sip__xml_doc *doc, const void *object, char *out, size_t size)
{
    struct printer p;

    if (object == NULL) {
        return SIP_EINVAL;
    }
    p.doc = doc;
    p.used = 0;
    sip__xml_writer_init(&p.w, NULL, 0);
    print_root(&p, object, 0);
    sip__xml_writer_init(&p.w, out, size);
    print_root(&p, object, p.used);
    return sip__xml_writer_finish(&p.w);
}
