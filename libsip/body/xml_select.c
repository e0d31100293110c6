#include "body/xml_select.h"

#include "body/xml_table.h"
#include "parser/cursor.h"

#include <string.h>

#define MAX_STEPS 16
#define MAX_CONDITIONS 4

enum condition_kind {
    POSITION,        /* [3] */
    ATTRIBUTE_VALUE, /* [@id='a'] */
    CHILD_VALUE,     /* [basic='open'] */
    OWN_VALUE        /* [.='open'] */
};

struct condition {
    enum condition_kind kind;
    sip_str ns, name, value;
    unsigned position;
};

struct step {
    bool is_any;
    sip_str ns, name;
    struct condition conditions[MAX_CONDITIONS];
    unsigned n_conditions;
};

struct selector {
    bool has_id;
    sip_str id;
    struct step steps[MAX_STEPS];
    unsigned n_steps;
    enum sip__xml_target_kind last;
    sip_str ns, name;       /* of an attribute or a namespace */
    unsigned text_position; /* 0: any */
};

struct parser {
    sip_str rest;
    const sip__xml_scope *scope;
};

static bool take(sip_str *rest, const char *word)
{
    const size_t len = strlen(word);

    if (rest->len < len || memcmp(rest->ptr, word, len) != 0) {
        return false;
    }
    sip__advance(rest, len);
    return true;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

static bool take_ncname(sip_str *rest, sip_str *ret_name)
{
    size_t len = 0;

    while (len < rest->len && is_name_byte(rest->ptr[len])) {
        len++;
    }
    *ret_name = (sip_str){rest->ptr, len};
    sip__advance(rest, len);
    return len > 0;
}

bool sip__xml_spend(const sip__xml_scope *scope, size_t work)
{
    if (scope->work == NULL) {
        return true;
    }
    *scope->work = *scope->work > work ? *scope->work - work : 0;
    return *scope->work > 0;
}

static bool declared_in(const sip__xml_scope *scope, const sip_xml_attribute *list, sip_str prefix,
                        sip_str *ret_ns)
{
    for (; list != NULL && sip__xml_spend(scope, 1); list = list->next) {
        if (sip_str_equal(list->ns, SIP_XML_NS_XMLNS) && sip_str_same(list->name, prefix)) {
            *ret_ns = list->value;
            return true;
        }
    }
    return false;
}

static bool namespace_of(const sip__xml_scope *scope, sip_str prefix, sip_str *ret_ns)
{
    if (declared_in(scope, scope->inner, prefix, ret_ns) ||
        declared_in(scope, scope->outer, prefix, ret_ns)) {
        return true;
    }
    if (prefix.len == 0) {
        *ret_ns = sip_str_of(sip__xml_ns_uri(SIP__NS_PIDF));
        return true;
    }
    for (unsigned ns = SIP__NS_XML; ns < SIP__NS_COUNT; ns++) {
        if (sip_str_equal(prefix, sip__xml_ns_prefix(ns))) {
            *ret_ns = sip_str_of(sip__xml_ns_uri(ns));
            return true;
        }
    }
    return false;
}

/* The default namespace is for elements (RFC 5261 4.2.1), not for attributes. */
static bool take_qname(struct parser *p, bool of_element, sip_str *ns, sip_str *name)
{
    if (!take_ncname(&p->rest, name)) {
        return false;
    }
    if (take(&p->rest, ":")) {
        const sip_str prefix = *name;

        return take_ncname(&p->rest, name) && namespace_of(p->scope, prefix, ns);
    }
    *ns = (sip_str){NULL, 0};
    return !of_element || namespace_of(p->scope, (sip_str){NULL, 0}, ns);
}

static bool take_quoted(sip_str *rest, sip_str *ret_value)
{
    const char *end;
    const char quote = rest->len > 0 ? rest->ptr[0] : '\0';

    if (quote != '\'' && quote != '"') {
        return false;
    }
    end = memchr(rest->ptr + 1, quote, rest->len - 1);
    if (end == NULL) {
        return false;
    }
    *ret_value = (sip_str){rest->ptr + 1, (size_t)(end - rest->ptr - 1)};
    sip__advance(rest, ret_value->len + 2);
    return true;
}

static bool take_position(sip_str *rest, unsigned *ret_position)
{
    unsigned position = 0;

    while (rest->len > 0 && rest->ptr[0] >= '0' && rest->ptr[0] <= '9' && position < 100000000) {
        position = position * 10 + (unsigned)(rest->ptr[0] - '0');
        sip__advance(rest, 1);
    }
    *ret_position = position;
    return position > 0;
}

/* What stands between [ and ]. */
static bool take_condition(struct parser *p, struct condition *c)
{
    if (p->rest.len > 0 && p->rest.ptr[0] >= '0' && p->rest.ptr[0] <= '9') {
        c->kind = POSITION;
        return take_position(&p->rest, &c->position);
    }
    if (take(&p->rest, "@")) {
        c->kind = ATTRIBUTE_VALUE;
        if (!take_qname(p, false, &c->ns, &c->name)) {
            return false;
        }
    } else if (p->rest.len > 1 && p->rest.ptr[0] == '.' && p->rest.ptr[1] == '=') {
        c->kind = OWN_VALUE;
        sip__advance(&p->rest, 1);
    } else {
        c->kind = CHILD_VALUE;
        if (!take_qname(p, true, &c->ns, &c->name)) {
            return false;
        }
    }
    return take(&p->rest, "=") && take_quoted(&p->rest, &c->value);
}

static int take_step(struct parser *p, struct selector *s)
{
    struct step *step = &s->steps[s->n_steps];

    if (s->n_steps == MAX_STEPS) {
        return SIP_ETOOBIG;
    }
    *step = (struct step){.is_any = take(&p->rest, "*")};
    if (!step->is_any && !take_qname(p, true, &step->ns, &step->name)) {
        return SIP_ESYNTAX;
    }
    while (take(&p->rest, "[")) {
        if (step->n_conditions == MAX_CONDITIONS) {
            return SIP_ETOOBIG;
        }
        if (!take_condition(p, &step->conditions[step->n_conditions++]) || !take(&p->rest, "]")) {
            return SIP_ESYNTAX;
        }
    }
    s->n_steps++;
    return 0;
}

/* "@name", "namespace::prefix". */
static bool take_attribute(struct parser *p, enum sip__xml_target_kind *kind, sip_str *ns,
                           sip_str *name)
{
    if (take(&p->rest, "@")) {
        *kind = SIP__XML_TARGET_ATTRIBUTE;
        return take_qname(p, false, ns, name);
    }
    if (take(&p->rest, "namespace::")) {
        *kind = SIP__XML_TARGET_NAMESPACE;
        *ns = SIP_STR(SIP_XML_NS_XMLNS);
        return take_ncname(&p->rest, name);
    }
    return false;
}

/* What is not an element can only stand at the end. */
static int take_last(struct parser *p, struct selector *s)
{
    const char first = p->rest.len > 0 ? p->rest.ptr[0] : '\0';

    if (take(&p->rest, "text()")) {
        s->last = SIP__XML_TARGET_TEXT;
        if (take(&p->rest, "[") &&
            (!take_position(&p->rest, &s->text_position) || !take(&p->rest, "]"))) {
            return SIP_ESYNTAX;
        }
    } else if (take(&p->rest, "comment()") || take(&p->rest, "processing-instruction(")) {
        /* Trees hold neither. */
        return SIP_ENOENT;
    } else if (first == '@' || (p->rest.len > 11 && memcmp(p->rest.ptr, "namespace::", 11) == 0)) {
        if (!take_attribute(p, &s->last, &s->ns, &s->name)) {
            return SIP_ESYNTAX;
        }
    } else {
        return 1;
    }
    return p->rest.len == 0 ? 0 : SIP_ESYNTAX;
}

static int parse(struct parser *p, struct selector *s)
{
    take(&p->rest, "/");
    if (take(&p->rest, "id(")) {
        s->has_id = true;
        if (!take_quoted(&p->rest, &s->id) || !take(&p->rest, ")")) {
            return SIP_ESYNTAX;
        }
        if (p->rest.len == 0) {
            return 0;
        }
        if (!take(&p->rest, "/")) {
            return SIP_ESYNTAX;
        }
    }
    for (;;) {
        int err = take_last(p, s);

        if (err <= 0) {
            return err;
        }
        err = take_step(p, s);
        if (err != 0 || p->rest.len == 0) {
            return err;
        }
        if (!take(&p->rest, "/")) {
            return SIP_ESYNTAX;
        }
    }
}

sip__xml_attribute *sip__xml_attribute_seek(const sip__xml_scope *scope, const sip__xml_node *node,
                                            sip_str ns, sip_str name)
{
    for (const sip_xml_attribute *a = node->x.attributes; a != NULL && sip__xml_spend(scope, 1);
         a = a->next) {
        if (sip_str_same(a->name, name) && sip_str_same(a->ns, ns)) {
            return sip__xml_attribute_of(a);
        }
    }
    return NULL;
}

sip__xml_attribute *sip__xml_attribute_find(const sip__xml_node *node, sip_str ns, sip_str name)
{
    return sip__xml_attribute_seek(&(sip__xml_scope){.work = NULL}, node, ns, name);
}

/* Takes the text inside a node off `rest`, as far as it is the same. */
static bool eat_text(const sip__xml_scope *scope, const sip_xml *node, sip_str *rest)
{
    if (!sip__xml_spend(scope, 1)) {
        return false;
    }
    if (node->name.len == 0) {
        if (node->text.len > rest->len || memcmp(node->text.ptr, rest->ptr, node->text.len) != 0) {
            return false;
        }
        sip__advance(rest, node->text.len);
    }
    for (const sip_xml *x = node->children; x != NULL; x = x->next) {
        if (!eat_text(scope, x, rest)) {
            return false;
        }
    }
    return true;
}

static bool has_value(const sip__xml_scope *scope, const sip_xml *node, sip_str value)
{
    return eat_text(scope, node, &value) && value.len == 0;
}

static bool child_has_value(const sip__xml_scope *scope, const sip__xml_node *node,
                            const struct condition *c)
{
    for (const sip_xml *x = node->x.children; x != NULL && sip__xml_spend(scope, 1); x = x->next) {
        if (sip_str_same(x->name, c->name) && sip_str_same(x->ns, c->ns) &&
            has_value(scope, x, c->value)) {
            return true;
        }
    }
    return false;
}

static bool holds(const sip__xml_scope *scope, const struct condition *c, const sip__xml_node *node,
                  unsigned *count)
{
    const sip__xml_attribute *attribute;

    switch (c->kind) {
    case POSITION:
        return ++*count == c->position;
    case ATTRIBUTE_VALUE:
        attribute = sip__xml_attribute_seek(scope, node, c->ns, c->name);
        return attribute != NULL && sip_str_same(attribute->x.value, c->value);
    case CHILD_VALUE:
        return child_has_value(scope, node, c);
    case OWN_VALUE:
        return has_value(scope, &node->x, c->value);
    }
    return false;
}

struct search {
    const struct selector *selector;
    const sip__xml_scope *scope;
    sip__xml_target target;
    unsigned found;
};

static void find_at(struct search *search, sip__xml_node *node)
{
    const struct selector *s = search->selector;
    sip__xml_target target = {.kind = s->last, .node = node, .ns = s->ns, .name = s->name};
    unsigned position = 0;

    if (s->last == SIP__XML_TARGET_TEXT) {
        for (const sip_xml *x = node->x.children; x != NULL && sip__xml_spend(search->scope, 1);
             x = x->next) {
            if (x->name.len == 0 && (++position == s->text_position || s->text_position == 0)) {
                target.node = sip__xml_node_of(x);
                search->target = target;
                search->found++;
            }
        }
        return;
    }
    if (s->last != SIP__XML_TARGET_ELEMENT) {
        target.attribute = sip__xml_attribute_seek(search->scope, node, s->ns, s->name);
        if (target.attribute == NULL) {
            return;
        }
    }
    search->target = target;
    search->found++;
}

static void walk(struct search *search, const sip_xml *from, unsigned at)
{
    const struct step *step = &search->selector->steps[at];
    unsigned counts[MAX_CONDITIONS] = {0};

    for (; from != NULL && sip__xml_spend(search->scope, 1); from = from->next) {
        sip__xml_node *node = sip__xml_node_of(from);
        bool fits = from->name.len > 0 && (step->is_any || (sip_str_same(from->name, step->name) &&
                                                            sip_str_same(from->ns, step->ns)));

        for (unsigned i = 0; fits && i < step->n_conditions; i++) {
            fits = holds(search->scope, &step->conditions[i], node, &counts[i]);
        }
        if (fits && at + 1 < search->selector->n_steps) {
            walk(search, from->children, at + 1);
        } else if (fits) {
            find_at(search, node);
        }
    }
}

/* The element with this id: those of our documents are attributes of that name. */
static sip__xml_node *find_id(const sip__xml_scope *scope, sip__xml_node *node, sip_str id)
{
    const sip_str name = SIP_STR("id");
    const sip__xml_attribute *plain =
        sip__xml_attribute_seek(scope, node, (sip_str){NULL, 0}, name);
    const sip__xml_attribute *xml =
        sip__xml_attribute_seek(scope, node, SIP_STR(SIP_XML_NS_XML), name);

    if ((plain != NULL && sip_str_same(plain->x.value, id)) ||
        (xml != NULL && sip_str_same(xml->x.value, id))) {
        return node;
    }
    for (const sip_xml *x = node->x.children; x != NULL && sip__xml_spend(scope, 1); x = x->next) {
        sip__xml_node *found = find_id(scope, sip__xml_node_of(x), id);

        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static int find(struct search *search, sip__xml_node *root)
{
    const struct selector *s = search->selector;
    sip__xml_node *start = NULL;

    if (s->has_id) {
        start = find_id(search->scope, root, s->id);
        if (start == NULL) {
            return SIP_ENOENT;
        }
    }
    if (s->n_steps > 0) {
        walk(search, start != NULL ? start->x.children : &root->x, 0);
    } else if (start != NULL) {
        find_at(search, start);
    }
    return search->found == 1 ? 0 : SIP_ENOENT;
}

int sip__xml_select(sip__xml_node *root, const sip__xml_scope *scope, sip_str selector,
                    sip__xml_target *ret_target)
{
    struct selector s = {.last = SIP__XML_TARGET_ELEMENT};
    struct parser p = {.rest = sip_str_trim(selector), .scope = scope};
    struct search search = {.selector = &s, .scope = scope};
    int err = parse(&p, &s);

    if (err == 0) {
        err = find(&search, root);
    }
    if (!sip__xml_spend(scope, 0)) {
        return SIP_ETOOBIG;
    }
    if (err == 0) {
        *ret_target = search.target;
    }
    return err;
}

int sip__xml_select_type(const sip__xml_scope *scope, sip_str type, sip__xml_target *ret_target)
{
    struct parser p = {.rest = sip_str_trim(type), .scope = scope};
    sip__xml_target target = {.node = ret_target->node};

    if (!take_attribute(&p, &target.kind, &target.ns, &target.name) || p.rest.len > 0) {
        return SIP_ESYNTAX;
    }
    *ret_target = target;
    return 0;
}
