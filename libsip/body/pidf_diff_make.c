/* What changed between two presence documents, as operations of RFC 5261. Each operation is carried
 * out at once on the old document, so that the next selector counts what will be there then. */
#include <sip/pidf_diff.h>

#include "body/xml_body.h"
#include "body/xml_patch.h"
#include "body/xml_path.h"

#include <string.h>

struct maker {
    sip__xml_paths paths; /* its arena is that of all, its error too */
    sip__xml_node *from;
    sip_pidf_change *changes;
    size_t n_changes, room;
    bool needs_full; /* something changed that no selector points to */
};

static bool is_declaration(const sip_xml_attribute *a)
{
    return sip_str_equal(a->ns, SIP_XML_NS_XMLNS);
}

/* Which of the nodes with that name and id a node is. */
static unsigned place_of(const sip_xml *first, const sip_xml *node)
{
    unsigned place = 1;

    for (; first != node; first = first->next) {
        place += sip__xml_same_key(first, node);
    }
    return place;
}

/* The child of `parent` that stands for `node`, a child of `other`. */
static sip__xml_node *match_of(const sip__xml_node *parent, const sip__xml_node *other,
                               const sip_xml *node)
{
    unsigned place = place_of(other->x.children, node);

    for (const sip_xml *x = parent->x.children; x != NULL; x = x->next) {
        if (sip__xml_same_key(x, node) && --place == 0) {
            return sip__xml_node_of(x);
        }
    }
    return NULL;
}

static sip_str keep(struct maker *m, const sip__xml_path *path)
{
    char *copy = sip__xml_paths_memory(&m->paths, path->len + 1);

    if (copy == NULL) {
        return (sip_str){NULL, 0};
    }
    memcpy(copy, path->bytes, path->len);
    return (sip_str){copy, path->len};
}

/* A node of the new document, or a text, alone. */
static const sip_xml *alone(struct maker *m, const sip_xml *node)
{
    sip_xml *copy = sip__xml_paths_memory(&m->paths, sizeof *copy);

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

static void emit(struct maker *m, sip_pidf_change change, const sip__xml_path *path)
{
    if (m->n_changes == m->room) {
        const size_t room = m->room > 0 ? m->room * 2 : 8;
        sip_pidf_change *grown = sip__xml_paths_memory(&m->paths, room * sizeof *grown);

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
    if (m->paths.err == 0) {
        m->changes[m->n_changes++] = change;
        m->paths.err = sip__xml_patch(m->paths.arena, m->from, m->paths.declared, &change, NULL);
    }
}

static void diff_attribute(struct maker *m, sip__xml_node *from, const sip_xml_attribute *to)
{
    const sip__xml_attribute *old = sip__xml_attribute_find(from, to->ns, to->name);
    sip_pidf_change change = {.extra = {.nodes = text_alone(m, to->value)}};
    sip__xml_path path, name = {.len = 0};

    if (old != NULL && sip_str_same(old->x.value, to->value)) {
        return;
    }
    sip__xml_path_to(&m->paths, &path, from);
    sip__xml_path_attribute(&m->paths, &name, to->ns, to->name);
    if (old != NULL) {
        change.kind = SIP_PIDF_REPLACE;
        sip__xml_path_put(&m->paths, &path, "/");
        sip__xml_path_append(&m->paths, &path, &name);
    } else {
        change.kind = SIP_PIDF_ADD;
        change.type = keep(m, &name);
    }
    emit(m, change, &path);
}

static void diff_attributes(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    for (const sip_xml_attribute *a = from->x.attributes, *next; a != NULL && m->paths.err == 0;
         a = next) {
        sip__xml_path path;

        next = a->next;
        if (!is_declaration(a) && sip__xml_attribute_find(to, a->ns, a->name) == NULL) {
            sip__xml_path_to(&m->paths, &path, from);
            sip__xml_path_put(&m->paths, &path, "/");
            sip__xml_path_attribute(&m->paths, &path, a->ns, a->name);
            emit(m, (sip_pidf_change){.kind = SIP_PIDF_REMOVE}, &path);
        }
    }
    for (const sip_xml_attribute *a = to->x.attributes; a != NULL && m->paths.err == 0;
         a = a->next) {
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

        if (x->name.len > 0 ? !sip__xml_same_name(x, y) || !same_attributes(left, right) ||
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
    sip__xml_path path;

    if (sip_str_same(old, new)) {
        return;
    }
    sip__xml_path_to(&m->paths, &path, from);
    if (old.len == 0) {
        change.kind = SIP_PIDF_ADD;
    } else {
        sip__xml_path_put(&m->paths, &path, "/text()");
        change.kind = new.len > 0 ? SIP_PIDF_REPLACE : SIP_PIDF_REMOVE;
    }
    change.extra.nodes = text_alone(m, new);
    emit(m, change, &path);
}

static void diff_whole(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    sip__xml_path path;

    if (from->parent == NULL) {
        m->needs_full = true;
        return;
    }
    sip__xml_path_to(&m->paths, &path, from);
    emit(m, (sip_pidf_change){.kind = SIP_PIDF_REPLACE, .extra = {.nodes = alone(m, &to->x)}},
         &path);
}

/* Where a child is added: after the one that it follows and after the last one with its name and
 * id, for those are told apart by their order; NULL: before all. */
static const sip__xml_node *place_for(const sip__xml_node *from, const sip__xml_node *to,
                                      const sip_xml *previous, const sip_xml *child)
{
    const sip__xml_node *follows = previous != NULL ? match_of(from, to, previous) : NULL;
    const sip__xml_node *last = NULL;

    for (const sip_xml *x = from->x.children; x != NULL; x = x->next) {
        if (sip__xml_same_key(x, child) || (follows != NULL && x == &follows->x)) {
            last = sip__xml_node_of(x);
        }
    }
    return last;
}

static void add_child(struct maker *m, sip__xml_node *from, const sip__xml_node *beside,
                      const sip_xml *child)
{
    const sip_pidf_change change = {.kind = SIP_PIDF_ADD,
                                    .pos = beside != NULL ? SIP_PIDF_AFTER : SIP_PIDF_PREPEND,
                                    .extra = {.nodes = alone(m, child)}};
    sip__xml_path path;

    sip__xml_path_to(&m->paths, &path, beside != NULL ? beside : from);
    emit(m, change, &path);
}

static void diff_element(struct maker *m, sip__xml_node *from, const sip__xml_node *to);

static void diff_children(struct maker *m, sip__xml_node *from, const sip__xml_node *to)
{
    const sip_xml *previous = NULL;

    for (const sip_xml *x = from->x.children, *next; x != NULL && m->paths.err == 0; x = next) {
        next = x->next;
        if (match_of(to, from, x) == NULL) {
            sip__xml_path path;

            sip__xml_path_to(&m->paths, &path, sip__xml_node_of(x));
            emit(m, (sip_pidf_change){.kind = SIP_PIDF_REMOVE}, &path);
        }
    }
    for (const sip_xml *x = to->x.children; x != NULL && m->paths.err == 0; x = x->next) {
        sip__xml_node *match = match_of(from, to, x);

        if (match != NULL) {
            diff_element(m, match, sip__xml_node_of(x));
        } else {
            add_child(m, from, place_for(from, to, previous, x), x);
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
    int err = sip__xml_doc_take(sip__pidf_type.doc, arena, to, &diff->presence);

    diff->kind = SIP_PIDF_DIFF_FULL;
    diff->extra = diff->presence.extra;
    diff->presence.extra = (sip_xml_extra){.nodes = NULL};
    return err;
}

static int make(const sip_allocator *allocator, sip__arena *arena, const sip_pidf *from,
                const sip_pidf *to, sip_pidf_diff *diff)
{
    sip__xml_node old = {.parent = NULL}, new = {.parent = NULL};
    struct maker m = {.paths = {.arena = arena}, .from = &old};
    int err = read_printed(allocator, arena, from, &old);

    if (err == 0) {
        err = read_printed(allocator, arena, to, &new);
    }
    if (err != 0) {
        return err;
    }
    diff->kind = SIP_PIDF_DIFF_CHANGES;
    diff->presence.entity = sip_xml_attribute_value(new.x.attributes, NULL, "entity");
    sip__xml_paths_declare(&m.paths, SIP_STR(""), sip_str_of(sip__xml_ns_uri(SIP__NS_PIDF)));
    diff_element(&m, &old, &new);
    if (m.paths.err == 0 && m.needs_full) {
        return take_full(arena, &new, diff);
    }
    diff->extra.attributes = m.paths.declared;
    diff->changes = m.changes;
    diff->n_changes = m.n_changes;
    return m.paths.err;
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
