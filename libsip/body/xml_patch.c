#include "body/xml_patch.h"

#include <string.h>

#define MAX_DEPTH 64

static bool copy_str(sip__arena *arena, sip_str from, sip_str *to)
{
    char *bytes;

    *to = from;
    if (from.len == 0) {
        return true;
    }
    bytes = sip__arena_alloc(arena, from.len);
    if (bytes == NULL) {
        return false;
    }
    memcpy(bytes, from.ptr, from.len);
    to->ptr = bytes;
    return true;
}

static sip__xml_attribute *new_attribute(sip__arena *arena, const sip_xml_attribute *from)
{
    sip__xml_attribute *a = sip__arena_alloc(arena, sizeof *a);

    if (a == NULL) {
        return NULL;
    }
    *a = (sip__xml_attribute){.taken = false};
    return copy_str(arena, from->ns, &a->x.ns) && copy_str(arena, from->prefix, &a->x.prefix) &&
                   copy_str(arena, from->name, &a->x.name) &&
                   copy_str(arena, from->value, &a->x.value)
               ? a
               : NULL;
}

static unsigned height_of(const sip_xml *node)
{
    unsigned height = 0;

    for (const sip_xml *x = node->children; x != NULL; x = x->next) {
        const unsigned inner = height_of(x);

        height = inner > height ? inner : height;
    }
    return height + 1;
}

/* Whoever walks a tree recurses, so that additions must not make it deeper and deeper. */
static bool is_too_deep(const sip__xml_node *parent, const sip_xml *content)
{
    unsigned depth = 0;

    for (; parent != NULL; parent = parent->parent) {
        depth++;
    }
    for (; content != NULL; content = content->next) {
        if (depth + height_of(content) > MAX_DEPTH) {
            return true;
        }
    }
    return false;
}

/* A node with all that is in it. */
static sip__xml_node *copy_node(sip__arena *arena, const sip_xml *from)
{
    sip__xml_node *node = sip__arena_alloc(arena, sizeof *node);

    if (node == NULL) {
        return NULL;
    }
    *node = (sip__xml_node){.parent = NULL};
    if (!copy_str(arena, from->ns, &node->x.ns) ||
        !copy_str(arena, from->prefix, &node->x.prefix) ||
        !copy_str(arena, from->name, &node->x.name) ||
        !copy_str(arena, from->text.len > 0 ? from->text : SIP_STR(""), &node->x.text)) {
        return NULL;
    }
    for (const sip_xml_attribute *a = from->attributes; a != NULL; a = a->next) {
        sip__xml_attribute *copy = new_attribute(arena, a);

        if (copy == NULL) {
            return NULL;
        }
        sip__xml_append_attribute(node, copy);
    }
    for (const sip_xml *x = from->children; x != NULL; x = x->next) {
        sip__xml_node *copy = copy_node(arena, x);

        if (copy == NULL) {
            return NULL;
        }
        sip__xml_append_child(node, copy);
    }
    return node;
}

static sip__xml_node *before(const sip__xml_node *node)
{
    sip__xml_node *last = NULL;

    for (const sip_xml *x = node->parent->x.children; x != &node->x; x = x->next) {
        last = sip__xml_node_of(x);
    }
    return last;
}

/* A chain of nodes becomes children of `parent` after the child `after`; NULL: before all. */
static void insert(sip__xml_node *parent, sip__xml_node *after, sip__xml_node *first,
                   sip__xml_node *last)
{
    for (const sip_xml *x = &first->x; x != NULL; x = x->next) {
        sip__xml_node_of(x)->parent = parent;
    }
    last->x.next = after != NULL ? after->x.next : parent->x.children;
    if (after != NULL) {
        after->x.next = &first->x;
    } else {
        parent->x.children = &first->x;
    }
    if (last->x.next == NULL) {
        parent->last_child = last;
    }
}

static void take_out(sip__xml_node *node)
{
    sip__xml_node *previous = before(node);

    if (previous != NULL) {
        previous->x.next = node->x.next;
    } else {
        node->parent->x.children = node->x.next;
    }
    if (node->parent->last_child == node) {
        node->parent->last_child = previous;
    }
}

static void take_out_attribute(sip__xml_node *node, const sip__xml_attribute *attribute)
{
    sip__xml_attribute *previous = NULL;

    for (const sip_xml_attribute *a = node->x.attributes; a != &attribute->x; a = a->next) {
        previous = sip__xml_attribute_of(a);
    }
    if (previous != NULL) {
        previous->x.next = attribute->x.next;
    } else {
        node->x.attributes = attribute->x.next;
    }
    if (node->last_attribute == attribute) {
        node->last_attribute = previous;
    }
}

/* The text of a change that puts in a value; false: it holds elements. */
static bool text_of(const sip_pidf_change *change, sip_str *ret_text)
{
    const sip_xml *x = change->extra.nodes;

    *ret_text = x != NULL ? x->text : (sip_str){"", 0};
    return x == NULL || (x->name.len == 0 && x->next == NULL);
}

static int add_attribute(sip__arena *arena, const sip__xml_scope *scope,
                         const sip_pidf_change *change, sip__xml_target *target)
{
    sip_xml_attribute wanted = {.next = NULL};
    sip__xml_attribute *attribute;
    int err = sip__xml_select_type(scope, change->type, target);

    if (err != 0) {
        return err;
    }
    if (!text_of(change, &wanted.value) ||
        sip__xml_attribute_seek(scope, target->node, target->ns, target->name) != NULL) {
        return SIP_ESYNTAX;
    }
    wanted.ns = target->ns;
    wanted.name = target->name;
    attribute = new_attribute(arena, &wanted);
    if (attribute == NULL) {
        return SIP_ENOMEM;
    }
    sip__xml_append_attribute(target->node, attribute);
    return 0;
}

static int copy_content(sip__arena *arena, const sip_pidf_change *change,
                        const sip__xml_node *parent, sip__xml_node **ret_first,
                        sip__xml_node **ret_last)
{
    sip__xml_node holder = {.parent = NULL};

    if (is_too_deep(parent, change->extra.nodes)) {
        return SIP_ETOOBIG;
    }

    for (const sip_xml *x = change->extra.nodes; x != NULL; x = x->next) {
        sip__xml_node *copy = copy_node(arena, x);

        if (copy == NULL) {
            return SIP_ENOMEM;
        }
        sip__xml_append_child(&holder, copy);
    }
    *ret_first = holder.x.children != NULL ? sip__xml_node_of(holder.x.children) : NULL;
    *ret_last = holder.last_child;
    return 0;
}

static int add(sip__arena *arena, const sip__xml_scope *scope, const sip_pidf_change *change,
               sip__xml_target *target)
{
    const bool beside = change->pos == SIP_PIDF_BEFORE || change->pos == SIP_PIDF_AFTER;
    sip__xml_node *node = target->node;
    sip__xml_node *first, *last;
    int err;

    if (change->type.len > 0) {
        return target->kind == SIP__XML_TARGET_ELEMENT ? add_attribute(arena, scope, change, target)
                                                       : SIP_ESYNTAX;
    }
    if (target->kind == SIP__XML_TARGET_ATTRIBUTE || target->kind == SIP__XML_TARGET_NAMESPACE ||
        (beside ? node->parent == NULL : target->kind != SIP__XML_TARGET_ELEMENT)) {
        return SIP_ESYNTAX;
    }
    err = copy_content(arena, change, beside ? node->parent : node, &first, &last);
    if (err != 0 || first == NULL) {
        return err;
    }
    switch (change->pos) {
    case SIP_PIDF_POS_ABSENT:
        insert(node, node->last_child, first, last);
        break;
    case SIP_PIDF_PREPEND:
        insert(node, NULL, first, last);
        break;
    case SIP_PIDF_BEFORE:
        insert(node->parent, before(node), first, last);
        break;
    case SIP_PIDF_AFTER:
        insert(node->parent, node, first, last);
        break;
    }
    return 0;
}

static int replace_element(sip__arena *arena, const sip_pidf_change *change, sip__xml_node *node)
{
    sip__xml_node *first, *last;
    int err;

    if (node->parent == NULL || change->extra.nodes == NULL || change->extra.nodes->name.len == 0 ||
        change->extra.nodes->next != NULL) {
        return SIP_ESYNTAX;
    }
    err = copy_content(arena, change, node->parent, &first, &last);
    if (err == 0) {
        insert(node->parent, node, first, last);
        take_out(node);
    }
    return err;
}

static int replace(sip__arena *arena, const sip_pidf_change *change, const sip__xml_target *target)
{
    sip_str text;

    if (target->kind == SIP__XML_TARGET_ELEMENT) {
        return replace_element(arena, change, target->node);
    }
    if (!text_of(change, &text)) {
        return SIP_ESYNTAX;
    }
    if (!copy_str(arena, text, &text)) {
        return SIP_ENOMEM;
    }
    if (target->kind != SIP__XML_TARGET_TEXT) {
        target->attribute->x.value = text;
    } else if (text.len > 0) {
        target->node->x.text = text;
    } else {
        take_out(target->node);
    }
    return 0;
}

static bool is_blank_text(const sip_xml *x)
{
    return x != NULL && x->name.len == 0 && sip__xml_is_blank(x->text);
}

/* White space that is not there is no reason to refuse the change: we may have dropped it. */
static int remove_node(const sip_pidf_change *change, sip__xml_node *node)
{
    const bool after = change->ws == SIP_PIDF_WS_AFTER || change->ws == SIP_PIDF_WS_BOTH;
    const bool ahead = change->ws == SIP_PIDF_WS_BEFORE || change->ws == SIP_PIDF_WS_BOTH;
    sip__xml_node *previous;

    if (node->parent == NULL) {
        return SIP_ESYNTAX;
    }
    previous = before(node);
    if (after && is_blank_text(node->x.next)) {
        take_out(sip__xml_node_of(node->x.next));
    }
    take_out(node);
    if (ahead && previous != NULL && is_blank_text(&previous->x)) {
        take_out(previous);
    }
    return 0;
}

/* A text never stands next to a text (XPath 1.0 5.7), and later selectors count them. */
static int join_texts(sip__arena *arena, const sip__xml_scope *scope, sip__xml_node *parent)
{
    const sip_xml *x = parent->x.children;

    while (x != NULL && x->next != NULL && sip__xml_spend(scope, 1)) {
        sip__xml_node *node = sip__xml_node_of(x), *next = sip__xml_node_of(x->next);
        const sip_str left = x->text, right = next->x.text;
        char *both;

        if (x->name.len > 0 || next->x.name.len > 0) {
            x = x->next;
            continue;
        }
        if (!sip__xml_spend(scope, left.len + right.len)) {
            break;
        }
        both = sip__arena_alloc(arena, left.len + right.len);
        if (both == NULL) {
            return SIP_ENOMEM;
        }
        memcpy(both, left.ptr, left.len);
        memcpy(both + left.len, right.ptr, right.len);
        node->x.text = (sip_str){both, left.len + right.len};
        take_out(next);
    }
    return 0;
}

static int carry_out(sip__arena *arena, const sip__xml_scope *scope, const sip_pidf_change *change,
                     sip__xml_target *target)
{
    switch (change->kind) {
    case SIP_PIDF_ADD:
        return add(arena, scope, change, target);
    case SIP_PIDF_REPLACE:
        return replace(arena, change, target);
    case SIP_PIDF_REMOVE:
        if (target->attribute != NULL) {
            take_out_attribute(target->node, target->attribute);
            return 0;
        }
        return remove_node(change, target->node);
    case SIP_PIDF_CHANGE_ABSENT:
        break;
    }
    return SIP_ESYNTAX;
}

int sip__xml_patch(sip__arena *arena, sip__xml_node *root, const sip_xml_attribute *declarations,
                   const sip_pidf_change *change, size_t *work)
{
    const sip__xml_scope scope = {
        .inner = change->extra.attributes, .outer = declarations, .work = work};
    sip__xml_target target;
    int err = sip__xml_select(root, &scope, change->sel, &target);

    if (err == 0) {
        err = carry_out(arena, &scope, change, &target);
    }
    if (err == 0 && target.node->parent != NULL) {
        err = join_texts(arena, &scope, target.node->parent);
    }
    if (err == 0) {
        err = join_texts(arena, &scope, target.node);
    }
    return sip__xml_spend(&scope, 0) ? err : SIP_ETOOBIG;
}
