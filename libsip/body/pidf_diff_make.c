/* What changed between two presence documents, as operations of RFC 5261. Each operation is carried
 * out at once on the old document, so that the next selector counts what will be there then. */
#include <sip/pidf_diff.h>

#include "body/xml_body.h"
#include "body/xml_patch.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 2048

struct path {
    char bytes[PATH_BYTES];
    size_t len;
};

struct maker {
    sip__arena *arena;
    sip__xml_node *from;
    sip_pidf_change *changes;
    size_t n_changes, room;
    sip_xml_attribute *declared, *last_declared;
    unsigned n_declared;
    bool needs_full; /* something changed that no selector points to */
    int err;
};

static void fail(struct maker *m, int err)
{
    if (m->err == 0) {
        m->err = err;
    }
}

static void *take_memory(struct maker *m, size_t bytes)
{
    void *block = sip__arena_alloc(m->arena, bytes);

    if (block == NULL) {
        fail(m, SIP_ENOMEM);
        return NULL;
    }
    return memset(block, 0, bytes);
}

static bool is_declaration(const sip_xml_attribute *a)
{
    return sip_str_equal(a->ns, SIP_XML_NS_XMLNS);
}

static bool same_name(const sip_xml *a, const sip_xml *b)
{
    return a->name.len > 0 && sip_str_same(a->name, b->name) && sip_str_same(a->ns, b->ns);
}

static sip_str id_of(const sip_xml *x)
{
    return sip_xml_attribute_value(x->attributes, NULL, "id");
}

static bool same_key(const sip_xml *a, const sip_xml *b)
{
    const sip_str left = id_of(a), right = id_of(b);

    return same_name(a, b) && (left.ptr == NULL) == (right.ptr == NULL) &&
           sip_str_same(left, right);
}

/* Which of the nodes with that name and id a node is. */
static unsigned place_of(const sip_xml *first, const sip_xml *node)
{
    unsigned place = 1;

    for (; first != node; first = first->next) {
        place += same_key(first, node);
    }
    return place;
}

/* The child of `parent` that stands for `node`, a child of `other`. */
static sip__xml_node *match_of(const sip__xml_node *parent, const sip__xml_node *other,
                               const sip_xml *node)
{
    unsigned place = place_of(other->x.children, node);

    for (const sip_xml *x = parent->x.children; x != NULL; x = x->next) {
        if (same_key(x, node) && --place == 0) {
            return sip__xml_node_of(x);
        }
    }
    return NULL;
}

static void put(struct maker *m, struct path *path, sip_str text)
{
    if (text.len > sizeof path->bytes - path->len) {
        fail(m, SIP_ETOOBIG);
    } else if (text.len > 0) {
        memcpy(path->bytes + path->len, text.ptr, text.len);
        path->len += text.len;
    }
}

static void put_text(struct maker *m, struct path *path, const char *text)
{
    put(m, path, sip_str_of(text));
}

static void put_place(struct maker *m, struct path *path, unsigned place)
{
    char text[16];

    snprintf(text, sizeof text, "[%u]", place);
    put_text(m, path, text);
}

static void declare(struct maker *m, sip_str prefix, sip_str ns)
{
    sip_xml_attribute *a = take_memory(m, sizeof *a);

    if (a == NULL) {
        return;
    }
    a->ns = SIP_STR(SIP_XML_NS_XMLNS);
    a->name = prefix;
    a->value = ns;
    if (m->last_declared != NULL) {
        m->last_declared->next = a;
    } else {
        m->declared = a;
    }
    m->last_declared = a;
    m->n_declared++;
}

/* The prefix for a namespace in selectors; declared for it if it is the first time. */
static sip_str prefix_of(struct maker *m, sip_str ns)
{
    char *made;

    if (sip_str_equal(ns, SIP_XML_NS_XML)) {
        return SIP_STR("xml");
    }
    for (const sip_xml_attribute *a = m->declared; a != NULL; a = a->next) {
        if (sip_str_same(a->value, ns)) {
            return a->name;
        }
    }
    for (unsigned known = SIP__NS_PIDF; known < SIP__NS_COUNT; known++) {
        if (sip_str_equal(ns, sip__xml_ns_uri(known))) {
            declare(m, sip_str_of(sip__xml_ns_prefix(known)), ns);
            return sip_str_of(sip__xml_ns_prefix(known));
        }
    }
    made = take_memory(m, 16);
    if (made == NULL) {
        return (sip_str){NULL, 0};
    }
    snprintf(made, 16, "ns%u", m->n_declared % 100000u);
    declare(m, sip_str_of(made), ns);
    return sip_str_of(made);
}

static void put_name(struct maker *m, struct path *path, sip_str ns, sip_str name)
{
    const sip_str prefix = ns.len > 0 ? prefix_of(m, ns) : ns;

    put(m, path, prefix);
    put_text(m, path, prefix.len > 0 ? ":" : "");
    put(m, path, name);
}

static bool is_quotable(sip_str id)
{
    return id.len > 0 && memchr(id.ptr, '\'', id.len) == NULL;
}

static void put_step(struct maker *m, struct path *path, const sip__xml_node *node)
{
    const sip_str id = id_of(&node->x);
    unsigned elements = 0, place = 0, same = 0, same_id = 0, own_place = 0;

    for (const sip_xml *x = node->parent->x.children; x != NULL; x = x->next) {
        elements += x->name.len > 0;
        same += same_name(x, &node->x);
        same_id += same_key(x, &node->x);
        place = x == &node->x ? elements : place;
        own_place = x == &node->x ? same : own_place;
    }
    if (node->x.ns.len == 0) {
        /* No selector names an element without a namespace where there is a default one. */
        put_text(m, path, "/*");
        put_place(m, path, place);
        return;
    }
    put_text(m, path, "/");
    put_name(m, path, node->x.ns, node->x.name);
    if (is_quotable(id) && same_id == 1) {
        put_text(m, path, "[@id='");
        put(m, path, id);
        put_text(m, path, "']");
    } else if (same > 1) {
        put_place(m, path, own_place);
    }
}

static void put_path(struct maker *m, struct path *path, const sip__xml_node *node)
{
    if (node->parent == NULL) {
        path->len = 0;
        put_text(m, path, "*");
        return;
    }
    put_path(m, path, node->parent);
    put_step(m, path, node);
}

static sip_str keep(struct maker *m, const struct path *path)
{
    char *copy = take_memory(m, path->len + 1);

    if (copy == NULL) {
        return (sip_str){NULL, 0};
    }
    memcpy(copy, path->bytes, path->len);
    return (sip_str){copy, path->len};
}

/* A node of the new document, or a text, alone. */
static const sip_xml *alone(struct maker *m, const sip_xml *node)
{
    sip_xml *copy = take_memory(m, sizeof *copy);

    if (copy != NULL) {
        *copy = *node;
        copy->next = NULL;
    }
    return copy;
}

static const sip_xml *text_alone(struct maker *m, sip_str text)
{
    const sip_xml node = {.text = text};

    return text.len > 0 ? alone(m, &node) : NULL;
}

static void emit(struct maker *m, sip_pidf_change change, const struct path *path)
{
    if (m->n_changes == m->room) {
        const size_t room = m->room > 0 ? m->room * 2 : 8;
        sip_pidf_change *grown = take_memory(m, room * sizeof *grown);

        if (grown == NULL) {
            return;
        }
        if (m->n_changes > 0) {
            memcpy(grown, m->changes, m->n_changes * sizeof *grown);
        }
        m->changes = grown;
        m->room = room;
    }
    change.sel = keep(m, path);
    if (m->err == 0) {
        m->changes[m->n_changes++] = change;
        fail(m, sip__xml_patch(m->arena, m->from, m->declared, &change));
    }
}

static void diff_attribute(struct maker *m, sip__xml_node *from, const sip_xml_attribute *to)
{
    const sip__xml_attribute *old = sip__xml_attribute_find(from, to->ns, to->name);
    sip_pidf_change change = {.extra = {.nodes = text_alone(m, to->value)}};
    struct path path, name = {.len = 0};

    if (old != NULL && sip_str_same(old->x.value, to->value)) {
        return;
    }
    put_path(m, &path, from);
    put_text(m, &name, "@");
    put_name(m, &name, to->ns, to->name);
    if (old != NULL) {
        change.kind = SIP_PIDF_REPLACE;
        put_text(m, &path, "/");
        put(m, &path, (sip_str){name.bytes, name.len});
    } else {
        change.kind = SIP_PIDF_ADD;
        change.type = keep(m, &name);
    }
    emit(m, change, &path);
}

static void diff_attributes(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    for (const sip_xml_attribute *a = from->x.attributes, *next; a != NULL && m->err == 0;
         a = next) {
        struct path path;

        next = a->next;
        if (!is_declaration(a) && sip__xml_attribute_find(to, a->ns, a->name) == NULL) {
            put_path(m, &path, from);
            put_text(m, &path, "/@");
            put_name(m, &path, a->ns, a->name);
            emit(m, (sip_pidf_change){.kind = SIP_PIDF_REMOVE}, &path);
        }
    }
    for (const sip_xml_attribute *a = to->x.attributes; a != NULL && m->err == 0; a = a->next) {
        if (!is_declaration(a)) {
            diff_attribute(m, from, a);
        }
    }
}

/* How many elements and how much text an element holds. */
static void measure(const sip__xml_node *node, bool *has_elements, bool *has_text)
{
    *has_elements = *has_text = false;
    for (const sip_xml *x = node->x.children; x != NULL; x = x->next) {
        *has_elements = *has_elements || x->name.len > 0;
        *has_text = *has_text || x->name.len == 0;
    }
}

static bool same_attributes(const sip__xml_node *a, const sip__xml_node *b)
{
    for (const sip_xml_attribute *x = a->x.attributes; x != NULL; x = x->next) {
        const sip__xml_attribute *other = sip__xml_attribute_find(b, x->ns, x->name);

        if (!is_declaration(x) && (other == NULL || !sip_str_same(other->x.value, x->value))) {
            return false;
        }
    }
    return true;
}

static bool same_content(const sip__xml_node *a, const sip__xml_node *b)
{
    const sip_xml *x = a->x.children, *y = b->x.children;

    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        const sip__xml_node *left = sip__xml_node_of(x), *right = sip__xml_node_of(y);

        if (x->name.len > 0 ? !same_name(x, y) || !same_attributes(left, right) ||
                                  !same_attributes(right, left) || !same_content(left, right)
                            : y->name.len > 0 || !sip_str_same(x->text, y->text)) {
            return false;
        }
    }
    return x == NULL && y == NULL;
}

static void diff_text(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    const sip_str old = sip_xml_text_of(&from->x), new = sip_xml_text_of(&to->x);
    sip_pidf_change change = {.kind = SIP_PIDF_REPLACE};
    struct path path;

    if (sip_str_same(old, new)) {
        return;
    }
    put_path(m, &path, from);
    if (old.len == 0) {
        change.kind = SIP_PIDF_ADD;
    } else {
        put_text(m, &path, "/text()");
        change.kind = new.len > 0 ? SIP_PIDF_REPLACE : SIP_PIDF_REMOVE;
    }
    change.extra.nodes = text_alone(m, new);
    emit(m, change, &path);
}

static void diff_whole(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    struct path path;

    if (from->parent == NULL) {
        m->needs_full = true;
        return;
    }
    put_path(m, &path, from);
    emit(m, (sip_pidf_change){.kind = SIP_PIDF_REPLACE, .extra = {.nodes = alone(m, &to->x)}},
         &path);
}

static void add_child(struct maker *m, sip__xml_node *from, const sip__xml_node *to,
                      const sip_xml *previous, const sip_xml *child)
{
    sip_pidf_change change = {
        .kind = SIP_PIDF_ADD, .pos = SIP_PIDF_PREPEND, .extra = {.nodes = alone(m, child)}};
    const sip__xml_node *beside = previous != NULL ? match_of(from, to, previous) : NULL;
    struct path path;

    if (beside != NULL) {
        change.pos = SIP_PIDF_AFTER;
    }
    put_path(m, &path, beside != NULL ? beside : from);
    emit(m, change, &path);
}

static void diff_element(struct maker *m, sip__xml_node *from, const sip__xml_node *to);

static void diff_children(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    const sip_xml *previous = NULL;

    for (const sip_xml *x = from->x.children, *next; x != NULL && m->err == 0; x = next) {
        next = x->next;
        if (match_of(to, from, x) == NULL) {
            struct path path;

            put_path(m, &path, sip__xml_node_of(x));
            emit(m, (sip_pidf_change){.kind = SIP_PIDF_REMOVE}, &path);
        }
    }
    for (const sip_xml *x = to->x.children; x != NULL && m->err == 0; x = x->next) {
        sip__xml_node *match = match_of(from, to, x);

        if (match != NULL) {
            diff_element(m, match, sip__xml_node_of(x));
        } else {
            add_child(m, from, to, previous, x);
        }
        previous = x;
    }
}

static void diff_element(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    bool old_elements, old_text, new_elements, new_text;

    measure(from, &old_elements, &old_text);
    measure(to, &new_elements, &new_text);
    if ((old_elements || new_elements) && (old_text || new_text)) {
        if (!same_content(from, to)) {
            diff_whole(m, from, to);
            return;
        }
        diff_attributes(m, from, to);
        return;
    }
    diff_attributes(m, from, to);
    if (old_elements || new_elements) {
        diff_children(m, from, to);
    } else {
        diff_text(m, from, to);
    }
}

/* A document as it is printed, read into a tree. */
static int read_printed(const sip_allocator *allocator, sip__arena *arena, const sip_pidf *pidf,
                        sip__xml_node *root)
{
    sip_str text;
    int err = sip_xml_print_alloc(sip_pidf_codec(), pidf, allocator, &text);

    if (err == 0) {
        err = sip__xml_read_tree(arena, NULL, text, root);
        sip_free(allocator, (void *)(uintptr_t)text.ptr);
    }
    return err;
}

static int take_full(sip__arena *arena, sip__xml_node *to, sip_pidf_diff *diff)
{
    sip_pidf pidf = {.n_tuples = 0};
    int err = sip__xml_doc_take(sip__pidf_type.doc, arena, to, &pidf);

    diff->kind = SIP_PIDF_DIFF_FULL;
    diff->extra = pidf.extra;
    diff->tuples = pidf.tuples;
    diff->n_tuples = pidf.n_tuples;
    diff->notes = pidf.notes;
    diff->n_notes = pidf.n_notes;
    diff->persons = pidf.persons;
    diff->n_persons = pidf.n_persons;
    diff->devices = pidf.devices;
    diff->n_devices = pidf.n_devices;
    return err;
}

static int make(const sip_allocator *allocator, sip__arena *arena, const sip_pidf *from,
                const sip_pidf *to, sip_pidf_diff *diff)
{
    sip__xml_node old = {.parent = NULL}, new = {.parent = NULL};
    struct maker m = {.arena = arena, .from = &old};
    int err = read_printed(allocator, arena, from, &old);

    if (err == 0) {
        err = read_printed(allocator, arena, to, &new);
    }
    if (err != 0) {
        return err;
    }
    diff->kind = SIP_PIDF_DIFF_CHANGES;
    diff->entity = sip_xml_attribute_value(new.x.attributes, NULL, "entity");
    declare(&m, SIP_STR(""), sip_str_of(sip__xml_ns_uri(SIP__NS_PIDF)));
    diff_element(&m, &old, &new);
    if (m.err == 0 && m.needs_full) {
        return take_full(arena, &new, diff);
    }
    diff->extra.attributes = m.declared;
    diff->changes = m.changes;
    diff->n_changes = m.n_changes;
    return m.err;
}

int sip_pidf_diff_make(const sip_allocator *allocator, const sip_pidf *from, const sip_pidf *to,
                       uint64_t version, sip_pidf_diff **ret_pidf_diff)
{
    sip__arena *arena;
    sip_pidf_diff *diff = sip__xml_box_create(allocator, sizeof *diff, &arena);
    int err = diff != NULL ? make(allocator, arena, from, to, diff) : SIP_ENOMEM;

    if (err != 0) {
        sip__xml_box_free(allocator, diff);
        return err;
    }
    diff->version = (sip_xml_uint){true, version};
    *ret_pidf_diff = diff;
    return 0;
}
