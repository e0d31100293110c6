#include "body/xml_path.h"

#include "body/xml_table.h"

#include <stdio.h>
#include <string.h>

static void fail(sip__xml_paths *p, int err)
{
    if (p->err == 0) {
        p->err = err;
    }
}

void *sip__xml_paths_memory(sip__xml_paths *p, size_t bytes)
{
    void *block = sip__arena_alloc(p->arena, bytes);

    if (block == NULL) {
        fail(p, SIP_ENOMEM);
        return NULL;
    }
    return memset(block, 0, bytes);
}

bool sip__xml_same_name(const sip_xml *a, const sip_xml *b)
{
    return a->name.len > 0 && sip_str_same(a->name, b->name) && sip_str_same(a->ns, b->ns);
}

static sip_str id_of(const sip_xml *x)
{
    return sip_xml_attribute_value(x->attributes, NULL, "id");
}

bool sip__xml_same_key(const sip_xml *a, const sip_xml *b)
{
    const sip_str left = id_of(a), right = id_of(b);

    return sip__xml_same_name(a, b) && (left.ptr == NULL) == (right.ptr == NULL) &&
           sip_str_same(left, right);
}

static void put(sip__xml_paths *p, sip__xml_path *path, sip_str text)
{
    if (text.len > sizeof path->bytes - path->len) {
        fail(p, SIP_ETOOBIG);
    } else if (text.len > 0) {
        memcpy(path->bytes + path->len, text.ptr, text.len);
        path->len += text.len;
    }
}

void sip__xml_path_put(sip__xml_paths *p, sip__xml_path *path, const char *text)
{
    put(p, path, sip_str_of(text));
}

static void put_place(sip__xml_paths *p, sip__xml_path *path, unsigned place)
{
    char text[16];

    snprintf(text, sizeof text, "[%u]", place);
    sip__xml_path_put(p, path, text);
}

void sip__xml_paths_declare(sip__xml_paths *p, sip_str prefix, sip_str ns)
{
    sip_xml_attribute *a = sip__xml_paths_memory(p, sizeof *a);

    if (a == NULL) {
        return;
    }
    a->ns = SIP_STR(SIP_XML_NS_XMLNS);
    a->name = prefix;
    a->value = ns;
    if (p->last_declared != NULL) {
        p->last_declared->next = a;
    } else {
        p->declared = a;
    }
    p->last_declared = a;
    p->n_declared++;
}

/* The prefix for a namespace in selectors; declared for it if it is the first time. No prefix does
 * for elements only. */
static sip_str prefix_of(sip__xml_paths *p, sip_str ns, bool of_element)
{
    char *made;

    if (sip_str_equal(ns, SIP_XML_NS_XML)) {
        return SIP_STR("xml");
    }
    for (const sip_xml_attribute *a = p->declared; a != NULL; a = a->next) {
        if (sip_str_same(a->value, ns) && (of_element || a->name.len > 0)) {
            return a->name;
        }
    }
    for (unsigned known = SIP__NS_PIDF; known < SIP__NS_COUNT; known++) {
        if (sip_str_equal(ns, sip__xml_ns_uri(known))) {
            sip__xml_paths_declare(p, sip_str_of(sip__xml_ns_prefix(known)), ns);
            return sip_str_of(sip__xml_ns_prefix(known));
        }
    }
    made = sip__xml_paths_memory(p, 16);
    if (made == NULL) {
        return (sip_str){NULL, 0};
    }
    snprintf(made, 16, "ns%u", p->n_declared % 100000u);
    sip__xml_paths_declare(p, sip_str_of(made), ns);
    return sip_str_of(made);
}

static void put_name(sip__xml_paths *p, sip__xml_path *path, sip_str prefix, sip_str name)
{
    put(p, path, prefix);
    sip__xml_path_put(p, path, prefix.len > 0 ? ":" : "");
    put(p, path, name);
}

void sip__xml_path_attribute(sip__xml_paths *p, sip__xml_path *path, sip_str ns, sip_str name)
{
    sip__xml_path_put(p, path, "@");
    put_name(p, path, ns.len > 0 ? prefix_of(p, ns, false) : ns, name);
}

static bool is_quotable(sip_str id)
{
    return id.len > 0 && memchr(id.ptr, '\'', id.len) == NULL;
}

static void put_step(sip__xml_paths *p, sip__xml_path *path, const sip__xml_node *node)
{
    const sip_str id = id_of(&node->x);
    unsigned elements = 0, place = 0, same = 0, same_id = 0, own_place = 0;

    for (const sip_xml *x = node->parent->x.children; x != NULL; x = x->next) {
        elements += x->name.len > 0;
        same += sip__xml_same_name(x, &node->x);
        same_id += sip__xml_same_key(x, &node->x);
        place = x == &node->x ? elements : place;
        own_place = x == &node->x ? same : own_place;
    }
    if (node->x.ns.len == 0) {
        /* No selector names an element without a namespace where there is a default one. */
        sip__xml_path_put(p, path, "/*");
        put_place(p, path, place);
        return;
    }
    sip__xml_path_put(p, path, "/");
    put_name(p, path, prefix_of(p, node->x.ns, true), node->x.name);
    if (is_quotable(id) && same_id == 1) {
        sip__xml_path_put(p, path, "[@id='");
        put(p, path, id);
        sip__xml_path_put(p, path, "']");
    } else if (same > 1) {
        put_place(p, path, own_place);
    }
}

void sip__xml_path_to(sip__xml_paths *p, sip__xml_path *path, const sip__xml_node *node)
{
    if (node->parent == NULL) {
        path->len = 0;
        sip__xml_path_put(p, path, "*");
        return;
    }
    sip__xml_path_to(p, path, node->parent);
    put_step(p, path, node);
}

void sip__xml_path_append(sip__xml_paths *p, sip__xml_path *path, const sip__xml_path *more)
{
    put(p, path, (sip_str){more->bytes, more->len});
}
