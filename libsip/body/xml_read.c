/* From a tree into structs, as a table says. */
#include "body/xml_table.h"

#include <string.h>

static int take_struct(const struct sip__xml_shape *shape, sip__arena *arena, sip__xml_node *node,
                       char *object);

/* The first element from here on that a row speaks of and no other row has. */
static sip__xml_node *next_match(const struct sip__xml_row *row, const sip_xml *from)
{
    for (; from != NULL; from = from->next) {
        unsigned index;
        const bool named =
            row->name != NULL
                ? sip_str_equal(from->name, row->name)
                : from->name.len > 0 &&
                      (row->names == NULL || sip__xml_name_is_in(row->names, from->name, &index));

        if (named && !sip__xml_node_of(from)->taken &&
            sip_str_equal(from->ns, sip__xml_ns_uri(row->ns))) {
            return sip__xml_node_of(from);
        }
    }
    return NULL;
}

static bool take_attribute(const struct sip__xml_row *row, sip__xml_node *node, void *member)
{
    for (const sip_xml_attribute *x = node->x.attributes; x != NULL; x = x->next) {
        if (sip_str_equal(x->name, row->name) && sip_str_equal(x->ns, sip__xml_ns_uri(row->ns))) {
            sip__xml_attribute_of(x)->taken = sip__xml_value_read(row, x->value, member);
            return sip__xml_attribute_of(x)->taken;
        }
    }
    return false;
}

static bool take_content(const struct sip__xml_row *row, sip__xml_node *node, void *member)
{
    const sip_xml *first = node->x.children;

    if (first != NULL && first->name.len > 0) {
        first = NULL;
    }
    if (!sip__xml_value_read(row, first != NULL ? first->text : SIP_STR(""), member)) {
        return false;
    }
    if (first != NULL) {
        sip__xml_node_of(first)->taken = true;
    }
    return true;
}

/* One empty element of the row's namespace and nothing else. */
static bool choice_name(const struct sip__xml_row *row, const sip_xml *child, sip_str *ret_name)
{
    *ret_name = (sip_str){NULL, 0};
    for (const sip_xml *x = child->children; x != NULL; x = x->next) {
        if (x->name.len == 0 && sip__xml_is_blank(x->text)) {
            continue;
        }
        if (x->name.len == 0 || ret_name->len > 0 || x->children != NULL || x->attributes != NULL ||
            !sip_str_equal(x->ns, sip__xml_ns_uri(row->ns))) {
            return false;
        }
        *ret_name = x->name;
    }
    return ret_name->len > 0;
}

/* Nothing but white space in it. */
static bool is_empty(const sip_xml *element)
{
    for (const sip_xml *x = element->children; x != NULL; x = x->next) {
        if (x->name.len > 0 || !sip__xml_is_blank(x->text)) {
            return false;
        }
    }
    return true;
}

static bool take_simple_child(const struct sip__xml_row *row, sip__xml_node *node, void *member)
{
    sip__xml_node *child = next_match(row, node->x.children);
    const sip_xml *text = child != NULL ? child->x.children : NULL;
    sip_str value = text != NULL ? text->text : SIP_STR("");

    if (child == NULL) {
        return false;
    }
    if (row->kind == SIP__XML_CHOICE && row->name == NULL) {
        if (!is_empty(&child->x)) {
            return false;
        }
        value = child->x.name;
    } else if (row->kind == SIP__XML_CHOICE) {
        if (!choice_name(row, &child->x, &value)) {
            return false;
        }
    } else if (text != NULL && (text->name.len > 0 || text->next != NULL)) {
        return false;
    }
    if (!sip__xml_value_read(row, value, member)) {
        return false;
    }
    if (child->x.attributes != NULL) {
        child->x.attributes_only = true;
        child->x.children = NULL;
    } else {
        child->taken = true;
    }
    return true;
}

static int take_child_struct(const struct sip__xml_row *row, sip__arena *arena, sip__xml_node *node,
                             void *member, bool *ret_found)
{
    sip__xml_node *child = next_match(row, node->x.children);
    char *object;
    int err;

    if (child == NULL) {
        return 0;
    }
    object = sip__arena_alloc(arena, row->shape->bytes);
    if (object == NULL) {
        return SIP_ENOMEM;
    }
    err = take_struct(row->shape, arena, child, object);
    if (err != 0) {
        return err;
    }
    child->taken = true;
    *(void **)member = object;
    *ret_found = true;
    return 0;
}

static int take_list(const struct sip__xml_row *row, sip__arena *arena, sip__xml_node *node,
                     void *member, bool *ret_found)
{
    const size_t bytes = row->shape->bytes;
    size_t n = 0;
    char *objects;

    for (sip__xml_node *child = next_match(row, node->x.children); child != NULL;
         child = next_match(row, child->x.next)) {
        n++;
    }
    if (n == 0) {
        return 0;
    }
    objects = n <= SIZE_MAX / bytes ? sip__arena_alloc(arena, n * bytes) : NULL;
    if (objects == NULL) {
        return SIP_ENOMEM;
    }
    *(void **)member = objects;
    *(size_t *)(void *)((char *)member + sizeof(void *)) = n;
    *ret_found = true;
    for (sip__xml_node *child = next_match(row, node->x.children); child != NULL;
         child = next_match(row, child->x.next)) {
        int err = take_struct(row->shape, arena, child, objects);

        if (err != 0) {
            return err;
        }
        child->taken = true;
        objects += bytes;
    }
    return 0;
}

static int take_row(const struct sip__xml_row *row, sip__arena *arena, sip__xml_node *node,
                    char *object)
{
    void *member = object + row->offset;
    bool found = false;
    int err = 0;

    switch ((enum sip__xml_place)row->place) {
    case SIP__XML_ATTRIBUTE:
        found = take_attribute(row, node, member);
        break;
    case SIP__XML_CONTENT:
        found = take_content(row, node, member);
        break;
    case SIP__XML_NAME:
        found = sip__xml_value_read(row, node->x.name, member);
        break;
    case SIP__XML_CHILD:
        if (row->kind == SIP__XML_STRUCT) {
            err = take_child_struct(row, arena, node, member, &found);
        } else if (row->kind == SIP__XML_LIST) {
            err = take_list(row, arena, node, member, &found);
        } else {
            found = take_simple_child(row, node, member);
        }
        break;
    case SIP__XML_ANY:
        break;
    }
    return err == 0 && row->required && !found ? SIP_ESYNTAX : err;
}

/* What no row took, in order; white space between elements means nothing. */
static void keep_extra(sip__xml_node *node, sip_xml_extra *extra)
{
    const sip_xml **node_end = &extra->nodes;
    const sip_xml_attribute **attribute_end = &extra->attributes;

    for (const sip_xml *x = node->x.children, *next; x != NULL; x = next) {
        next = x->next;
        if (!sip__xml_node_of(x)->taken && (x->name.len > 0 || !sip__xml_is_blank(x->text))) {
            *node_end = x;
            node_end = &sip__xml_node_of(x)->x.next;
        }
    }
    *node_end = NULL;
    for (const sip_xml_attribute *x = node->x.attributes, *next; x != NULL; x = next) {
        next = x->next;
        if (!sip__xml_attribute_of(x)->taken) {
            *attribute_end = x;
            attribute_end = &sip__xml_attribute_of(x)->x.next;
        }
    }
    *attribute_end = NULL;
}

static int take_struct(const struct sip__xml_shape *shape, sip__arena *arena, sip__xml_node *node,
                       char *object)
{
    memset(object, 0, shape->bytes);
    for (unsigned i = 0; i < shape->n_rows; i++) {
        int err = take_row(&shape->rows[i], arena, node, object);

        if (err != 0) {
            return err;
        }
    }
    keep_extra(node, (sip_xml_extra *)(void *)object);
    return 0;
}

int sip__xml_doc_take(const struct sip__xml_doc *doc, sip__arena *arena, sip__xml_node *root,
                      void *object)
{
    unsigned index;
    const bool named = doc->root != NULL ? sip_str_equal(root->x.name, doc->root)
                                         : sip__xml_name_is_in(doc->roots, root->x.name, &index);

    if (!named || !sip_str_equal(root->x.ns, sip__xml_ns_uri(doc->ns))) {
        return SIP_ESYNTAX;
    }
    return take_struct(doc->shape, arena, root, object);
}

int sip__xml_doc_parse(const struct sip__xml_doc *doc, const sip_xml_options *options,
                       const sip_allocator *allocator, sip_str text, void **ret_object)
{
    sip__arena *arena;
    sip__xml_node root = {0};
    void *object = sip__xml_box_create(allocator, doc->shape->bytes, &arena);
    int err;

    if (object == NULL) {
        sip__xml_count(options, SIP_ENOMEM);
        return SIP_ENOMEM;
    }
    err = sip__xml_read_tree(arena, options, text, &root);
    if (err == 0) {
        err = sip__xml_doc_take(doc, arena, &root, object);
        sip__xml_count(options, err);
    }
    if (err != 0) {
        sip__xml_box_free(allocator, object);
        return err;
    }
    *ret_object = object;
    return 0;
}
