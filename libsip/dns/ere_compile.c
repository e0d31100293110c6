#include "dns/ere.h"

#include <string.h>

#define DEEPEST 20     /* parentheses within parentheses */
#define MOST_TIMES 255 /* RE_DUP_MAX */

typedef struct parser {
    sip__ere *ere;
    sip_str left;
    unsigned depth;
    int err;
} parser;

typedef struct times {
    unsigned least, most;
    bool unbounded;
} times;

static void parse_either(parser *in);

static bool at(const parser *in, char c)
{
    return in->left.len > 0 && in->left.ptr[0] == c;
}

static char take(parser *in)
{
    char c = in->left.ptr[0];

    in->left.ptr++;
    in->left.len--;
    return c;
}

static void refuse(parser *in, int err)
{
    in->err = in->err != 0 ? in->err : err;
    in->left.len = 0;
}

/* ---- steps */

/* Put a step in. Jumps are relative and stay within what has been read of one piece, so that moving
 * a piece as a whole breaks none. */
static void insert(parser *in, size_t where, sip__ere_step step)
{
    sip__ere *ere = in->ere;
    sip__ere_step *place = &ere->steps[where];

    if (ere->n_steps == SIP__ERE_STEPS - 2) { /* two are left to end with */
        refuse(in, SIP_ETOOBIG);
        return;
    }
    memmove(place + 1, place, (ere->n_steps - where) * sizeof(*place));
    *place = step;
    ere->n_steps++;
}

static void emit(parser *in, uint8_t op, uint8_t arg)
{
    insert(in, in->ere->n_steps, (sip__ere_step){.op = op, .arg = arg});
}

static void insert_split(parser *in, size_t where, ptrdiff_t go, ptrdiff_t or_go)
{
    insert(in, where,
           (sip__ere_step){.op = SIP__ERE_SPLIT, .go = (int16_t)go, .or_go = (int16_t)or_go});
}

static void emit_jump(parser *in, ptrdiff_t go)
{
    insert(in, in->ere->n_steps, (sip__ere_step){.op = SIP__ERE_JUMP, .go = (int16_t)go});
}

/* ---- sets */

typedef struct set_class {
    const char *name;
    const char *ranges; /* pairs */
} set_class;

static const set_class classes[] = {
    {"[:digit:]", "09"},      {"[:alpha:]", "azAZ"},   {"[:alnum:]", "09azAZ"},
    {"[:xdigit:]", "09afAF"}, {"[:lower:]", "az"},     {"[:upper:]", "AZ"},
    {"[:space:]", "\t\r  "},  {"[:blank:]", "\t\t  "}, {"[:punct:]", "!/:@[`{~"},
};

static void add_range(uint8_t *set, unsigned first, unsigned last)
{
    for (unsigned c = first; c <= last; c++) {
        set[c / 8] |= (uint8_t)(1u << c % 8);
    }
}

/* "[:digit:]" within a set. */
static bool take_class(parser *in, uint8_t *set)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t len = strlen(classes[i].name);

        if (in->left.len >= len && memcmp(in->left.ptr, classes[i].name, len) == 0) {
            for (const char *p = classes[i].ranges; *p != '\0'; p += 2) {
                add_range(set, (unsigned char)p[0], (unsigned char)p[1]);
            }
            in->left.ptr += len;
            in->left.len -= len;
            return true;
        }
    }
    return false;
}

static void parse_set_item(parser *in, uint8_t *set)
{
    unsigned first, last;

    if (at(in, '[') && in->left.len > 1 && strchr(":.=", in->left.ptr[1]) != NULL) {
        if (!take_class(in, set)) {
            refuse(in, SIP_ESYNTAX);
        }
        return;
    }
    first = (unsigned char)take(in);
    last = first;
    if (in->left.len > 1 && at(in, '-') && in->left.ptr[1] != ']') {
        (void)take(in);
        last = (unsigned char)take(in);
    }
    if (last < first || (last == '[' && first != '[')) {
        refuse(in, SIP_ESYNTAX);
        return;
    }
    add_range(set, first, last);
}

/* After "[". */
static void parse_set(parser *in)
{
    sip__ere *ere = in->ere;
    uint8_t set[sizeof(ere->sets[0])] = {0};
    bool none_of = at(in, '^');

    if (ere->n_sets == SIP__ERE_SETS) {
        refuse(in, SIP_ETOOBIG);
        return;
    }
    if (none_of) {
        (void)take(in);
    }
    do {
        if (in->left.len == 0) {
            refuse(in, SIP_ESYNTAX);
            return;
        }
        parse_set_item(in, set); /* "]" as the first is one of the set */
    } while (in->err == 0 && !at(in, ']'));
    if (in->err != 0) {
        return;
    }
    (void)take(in);
    for (unsigned c = 'a'; ere->fold && c <= 'z'; c++) {
        unsigned upper = c - 'a' + 'A';

        if ((set[c / 8] >> c % 8 & 1) != 0 || (set[upper / 8] >> upper % 8 & 1) != 0) {
            add_range(set, c, c);
            add_range(set, upper, upper);
        }
    }
    for (size_t i = 0; i < sizeof(set); i++) {
        ere->sets[ere->n_sets][i] = none_of ? (uint8_t)~set[i] : set[i];
    }
    emit(in, SIP__ERE_SET, (uint8_t)ere->n_sets++);
}

/* ---- pieces */

static void parse_group(parser *in)
{
    size_t group = in->ere->n_groups;

    if (group == SIP__ERE_GROUPS || in->depth == DEEPEST) {
        refuse(in, SIP_ETOOBIG);
        return;
    }
    in->ere->n_groups++;
    in->depth++;
    emit(in, SIP__ERE_OPEN, (uint8_t)group);
    parse_either(in);
    emit(in, SIP__ERE_CLOSE, (uint8_t)group);
    in->depth--;
    if (!at(in, ')')) {
        refuse(in, SIP_ESYNTAX);
        return;
    }
    (void)take(in);
}

static void parse_escape(parser *in)
{
    if (in->left.len == 0 || (in->left.ptr[0] >= '0' && in->left.ptr[0] <= '9')) {
        refuse(in, SIP_ESYNTAX); /* no references back within an expression */
        return;
    }
    emit(in, SIP__ERE_CHAR, (uint8_t)take(in));
}

static void parse_atom(parser *in)
{
    char c = take(in);

    switch (c) {
    case '(':
        parse_group(in);
        break;
    case '[':
        parse_set(in);
        break;
    case '\\':
        parse_escape(in);
        break;
    case '.':
        emit(in, SIP__ERE_ANY, 0);
        break;
    case '^':
        emit(in, SIP__ERE_BEGIN, 0);
        break;
    case '$':
        emit(in, SIP__ERE_END, 0);
        break;
    case '*':
    case '+':
    case '?':
    case '{':
        refuse(in, SIP_ESYNTAX); /* there is nothing to repeat */
        break;
    default:
        emit(in, SIP__ERE_CHAR, (uint8_t)c);
        break;
    }
}

static bool take_number(parser *in, unsigned *ret_value)
{
    unsigned value = 0;
    bool any = false;

    while (in->left.len > 0 && in->left.ptr[0] >= '0' && in->left.ptr[0] <= '9') {
        value = value * 10 + (unsigned)(take(in) - '0');
        any = true;
        if (value > MOST_TIMES) {
            return false;
        }
    }
    *ret_value = value;
    return any;
}

/* After "{". */
static times take_interval(parser *in)
{
    times t = {0, 0, false};

    if (!take_number(in, &t.least)) {
        refuse(in, SIP_ESYNTAX);
        return t;
    }
    t.most = t.least;
    if (at(in, ',')) {
        (void)take(in);
        t.unbounded = at(in, '}');
        if (!t.unbounded && (!take_number(in, &t.most) || t.most < t.least)) {
            refuse(in, SIP_ESYNTAX);
            return t;
        }
    }
    if (!at(in, '}')) {
        refuse(in, SIP_ESYNTAX);
        return t;
    }
    (void)take(in);
    return t;
}

static times take_times(parser *in)
{
    switch (take(in)) {
    case '*':
        return (times){0, 0, true};
    case '+':
        return (times){1, 1, true};
    case '?':
        return (times){0, 1, false};
    default:
        return take_interval(in);
    }
}

static size_t emit_copy(parser *in, const sip__ere_step *steps, size_t n)
{
    size_t where = in->ere->n_steps;

    for (size_t i = 0; i < n && in->err == 0; i++) {
        insert(in, in->ere->n_steps, steps[i]);
    }
    return where;
}

/* Have what was read since `from` stand as often as `t` says. */
static void repeat(parser *in, size_t from, times t)
{
    sip__ere_step piece[SIP__ERE_STEPS];
    size_t n = in->ere->n_steps - from;

    memcpy(piece, &in->ere->steps[from], n * sizeof(piece[0]));
    in->ere->n_steps = from;
    for (unsigned i = 0; i < t.least && in->err == 0; i++) {
        (void)emit_copy(in, piece, n);
    }
    for (unsigned i = t.least; i < t.most && in->err == 0; i++) {
        insert_split(in, emit_copy(in, piece, n), 1, (ptrdiff_t)n + 1);
    }
    if (t.unbounded && in->err == 0) {
        insert_split(in, emit_copy(in, piece, n), 1, (ptrdiff_t)n + 2);
        emit_jump(in, -(ptrdiff_t)n - 1);
    }
}

static void parse_branch(parser *in)
{
    while (in->left.len > 0 && !at(in, '|') && !(at(in, ')') && in->depth > 0)) {
        size_t from = in->ere->n_steps;

        parse_atom(in);
        while (at(in, '*') || at(in, '+') || at(in, '?') || at(in, '{')) {
            times t = take_times(in);

            if (in->err == 0) {
                repeat(in, from, t);
            }
        }
    }
}

/* "a|b|c". Each branch but the last one ends with a jump behind all of them, whose length is known
 * when the rest has been read: they are chained by their `go` until then. */
static void parse_either(parser *in)
{
    sip__ere *ere = in->ere;
    size_t from = ere->n_steps;
    size_t last_jump = 0;

    parse_branch(in);
    while (at(in, '|')) {
        (void)take(in);
        insert_split(in, from, 1, (ptrdiff_t)(ere->n_steps - from) + 2);
        emit_jump(in, (ptrdiff_t)last_jump);
        last_jump = ere->n_steps - 1;
        from = ere->n_steps;
        parse_branch(in);
    }
    while (last_jump != 0 && in->err == 0) {
        size_t before = (size_t)ere->steps[last_jump].go;

        ere->steps[last_jump].go = (int16_t)(ere->n_steps - last_jump);
        last_jump = before;
    }
}

int sip__ere_compile(sip__ere *ere, sip_str pattern, bool fold)
{
    parser in = {.ere = ere, .left = pattern};

    memset(ere, 0, sizeof(*ere));
    ere->fold = fold;
    ere->n_groups = 1;
    emit(&in, SIP__ERE_OPEN, 0);
    parse_either(&in);
    if (in.err == 0 && in.left.len > 0) {
        refuse(&in, SIP_ESYNTAX);
    }
    if (in.err != 0) {
        return in.err;
    }
    ere->steps[ere->n_steps++] = (sip__ere_step){.op = SIP__ERE_CLOSE};
    ere->steps[ere->n_steps++] = (sip__ere_step){.op = SIP__ERE_MATCH};
    return 0;
}
