#include "support/guard_str.h"

#include "field_sample.h"

static const sip_field head_rows[] = {
    [SIP_FIELD_TOKEN] = SIP_HEAD(TOKEN, 0, struct sample, text),
    [SIP_FIELD_LABEL] = SIP_HEAD(LABEL, 0, struct sample, text),
    [SIP_FIELD_WORD] = SIP_HEAD(WORD, 0, struct sample, text),
    [SIP_FIELD_STRING] = SIP_HEAD(STRING, 0, struct sample, text),
    [SIP_FIELD_QUOTED] = SIP_HEAD(QUOTED, 0, struct sample, text),
    [SIP_FIELD_ANGLED] = SIP_HEAD(ANGLED, 0, struct sample, text),
    [SIP_FIELD_COMMENT] = SIP_HEAD_HAS(COMMENT, 0, struct sample, text, has),
    [SIP_FIELD_TEXT] = SIP_HEAD(TEXT, 0, struct sample, text),
    [SIP_FIELD_HEX32] = SIP_HEAD(HEX32, 0, struct sample, text),
    [SIP_FIELD_INDEX] = SIP_HEAD(INDEX, 0, struct sample, text),
    [SIP_FIELD_NUMBER] = SIP_HEAD(NUMBER, 0, struct sample, number),
    [SIP_FIELD_SECONDS] = SIP_HEAD(SECONDS, 0, struct sample, number),
    [SIP_FIELD_US] = SIP_HEAD_HAS(US, 0, struct sample, us, has),
    [SIP_FIELD_Q] = SIP_HEAD(Q, 0, struct sample, small),
    [SIP_FIELD_PORT] = SIP_HEAD(PORT, 0, struct sample, small),
    [SIP_FIELD_FLAG] = SIP_HEAD(FLAG, 0, struct sample, has),
    [SIP_FIELD_SWITCH] = SIP_HEAD(SWITCH, 0, struct sample, state),
    [SIP_FIELD_OPTIONAL] = SIP_HEAD_HAS(OPTIONAL, 0, struct sample, number, index),
    [SIP_FIELD_CHOICE] = SIP_HEAD_CHOICE(CHOICE, 0, struct sample, text, index, sample_choices),
    [SIP_FIELD_METHOD] = SIP_HEAD_CHOICE(METHOD, 0, struct sample, text, method, NULL),
    [SIP_FIELD_DATE] = SIP_HEAD(DATE, 0, struct sample, date),
    [SIP_FIELD_STAR] = SIP_HEAD_SELF(STAR),
    [SIP_FIELD_ADDRESS] = SIP_HEAD(ADDRESS, 0, struct sample, address),
    [SIP_FIELD_VIA] = SIP_HEAD(VIA, 0, struct sample, via),
};

static const struct {
    sip_field_kind kind;
    const char *text;
    const char *rest; /* NULL: refused */
    const char *taken;
} heads[] = {
    {SIP_FIELD_TOKEN, "ab.c;d", ";d", "ab.c"},
    {SIP_FIELD_TOKEN, "<", NULL, NULL},
    {SIP_FIELD_LABEL, "ab.c;d", ".c;d", "ab"},
    {SIP_FIELD_LABEL, "ab d", " d", "ab"},
    {SIP_FIELD_LABEL, ".a", NULL, NULL},
    {SIP_FIELD_LABEL, "", NULL, NULL},
    {SIP_FIELD_WORD, "a<\"b>@c d", " d", "a<\"b>@c"},
    {SIP_FIELD_WORD, "a,b", ",b", "a"},
    {SIP_FIELD_WORD, ";", NULL, NULL},
    {SIP_FIELD_STRING, "\"a b\" c", " c", "a b"},
    {SIP_FIELD_STRING, "a:b c", " c", "a:b"},
    {SIP_FIELD_STRING, "\"a", NULL, NULL},
    {SIP_FIELD_STRING, "", NULL, NULL},
    {SIP_FIELD_QUOTED, "\"\"", "", ""},
    {SIP_FIELD_ANGLED, "<a;b>;c", ";c", "a;b"},
    {SIP_FIELD_ANGLED, "<a", NULL, NULL},
    {SIP_FIELD_ANGLED, "a>", NULL, NULL},
    {SIP_FIELD_ANGLED, "", NULL, NULL},
    {SIP_FIELD_COMMENT, " (a (b) \\) c) d", " d", "a (b) \\) c"},
    {SIP_FIELD_COMMENT, "(a", NULL, NULL},
    {SIP_FIELD_COMMENT, "(a\\", NULL, NULL},
    {SIP_FIELD_COMMENT, "a", NULL, NULL},
    {SIP_FIELD_COMMENT, " ", NULL, NULL},
    {SIP_FIELD_TEXT, "a;b, \"c", "", "a;b, \"c"},
    {SIP_FIELD_HEX32, "0123456789abcdefABCDEF0123456789;", ";", "0123456789abcdefABCDEF0123456789"},
    {SIP_FIELD_HEX32, "0123456789abcdefABCDEF012345678", NULL, NULL},
    {SIP_FIELD_HEX32, "0123456789abcdefABCDEF012345678g", NULL, NULL},
    {SIP_FIELD_INDEX, "1.20.3 x", " x", "1.20.3"},
    {SIP_FIELD_INDEX, "1..3", NULL, NULL},
    {SIP_FIELD_INDEX, "1.", NULL, NULL},
    {SIP_FIELD_INDEX, "x", NULL, NULL},
    {SIP_FIELD_CHOICE, "TWO;", ";", "TWO"},
    {SIP_FIELD_METHOD, "BYE x", " x", "BYE"},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const sip_field *field = &head_rows[heads[i].kind];
        struct sample sample = {0};
        guard_page page;
        sip_str rest = guard_str(&page, heads[i].text);
        const int err = sip__field_take(field, &rest, sip__slot_of(field, &sample));

        assert_int_equal(err, heads[i].rest != NULL ? 0 : SIP_ESYNTAX);
        if (err == 0) {
            assert_str(rest, heads[i].rest);
            assert_str(sample.text, heads[i].taken);
            assert_int_equal(sample.has, heads[i].kind == SIP_FIELD_COMMENT);
        }
        guard_page_finish(&page);
    }
}

static int take(sip_field_kind kind, const char *text, struct sample *sample)
{
    sip_str rest = sip_str_of(text);

    *sample = (struct sample){0};
    return sip__field_take(&head_rows[kind], &rest, sip__slot_of(&head_rows[kind], sample));
}

static void test_numbers(void **state)
{
    struct sample sample;

    (void)state;
    assert_int_equal(take(SIP_FIELD_NUMBER, "4294967295", &sample), 0);
    assert_int_equal(sample.number, UINT32_MAX);
    assert_int_equal(take(SIP_FIELD_NUMBER, "4294967296", &sample), SIP_ESYNTAX);
    assert_int_equal(take(SIP_FIELD_NUMBER, "x", &sample), SIP_ESYNTAX);
    assert_int_equal(take(SIP_FIELD_SECONDS, "4294967296", &sample), 0);
    assert_int_equal(sample.number, UINT32_MAX);
    assert_int_equal(take(SIP_FIELD_US, "1.5", &sample), 0);
    assert_int_equal(sample.us, 1500000);
    assert_true(sample.has);
    assert_int_equal(take(SIP_FIELD_US, ".", &sample), SIP_ESYNTAX);
    assert_false(sample.has);
    assert_int_equal(take(SIP_FIELD_Q, "0.5", &sample), 0);
    assert_int_equal(sample.small, 500);
    assert_int_equal(take(SIP_FIELD_PORT, "5060", &sample), 0);
    assert_int_equal(sample.small, 5060);
    assert_int_equal(take(SIP_FIELD_PORT, "0", &sample), SIP_ESYNTAX);
    assert_int_equal(take(SIP_FIELD_DATE, "Thu, 01 Jan 1970 00:00:09 GMT", &sample), 0);
    assert_int_equal(sample.date, 9);
    assert_int_equal(take(SIP_FIELD_DATE, "today", &sample), SIP_ESYNTAX);
    assert_int_equal(take(SIP_FIELD_CHOICE, "two", &sample), 0);
    assert_int_equal(sample.index, 2);
    assert_int_equal(take(SIP_FIELD_CHOICE, "three", &sample), 0);
    assert_int_equal(sample.index, 0);
    assert_int_equal(take(SIP_FIELD_METHOD, "BYE", &sample), 0);
    assert_int_equal(sample.method, SIP_METHOD_BYE);
    assert_int_equal(take(SIP_FIELD_STAR, "*", &sample), 0);
    assert_int_equal(take(SIP_FIELD_STAR, "x", &sample), SIP_ESYNTAX);
}

/* Flags, switches and flags with numbers are parameters only. */
static void test_never_heads(void **state)
{
    struct sample sample;

    (void)state;
    assert_int_equal(take(SIP_FIELD_FLAG, "a", &sample), SIP_ESYNTAX);
    assert_int_equal(take(SIP_FIELD_SWITCH, "a", &sample), SIP_ESYNTAX);
    assert_int_equal(take(SIP_FIELD_OPTIONAL, "1", &sample), SIP_ESYNTAX);
}

static void test_wholes(void **state)
{
    const sip_field *address = &head_rows[SIP_FIELD_ADDRESS];
    const sip_field *via = &head_rows[SIP_FIELD_VIA];
    const sip_field any = SIP_HEAD_FLAGS(ADDRESS, 0, struct sample, address, SIP_FIELD_WILDCARD);
    struct sample sample = {0};
    sip_str rest = SIP_STR("A <sip:a@h>;b;c");

    (void)state;
    assert_true(sip__field_has_params(address) && sip__field_has_params(via));
    assert_false(sip__field_has_params(&head_rows[SIP_FIELD_TOKEN]));
    assert_int_equal(sip__field_take(address, &rest, sip__slot_of(address, &sample)), 0);
    assert_str(rest, "b;c");
    assert_str(sample.address.display, "A");
    rest = SIP_STR("*");
    assert_int_equal(sip__field_take(address, &rest, sip__slot_of(address, &sample)), SIP_ESYNTAX);
    assert_str(rest, "*");
    assert_int_equal(sip__field_take(&any, &rest, sip__slot_of(&any, &sample)), 0);
    assert_int_equal(rest.len, 0);
    assert_int_equal(take(SIP_FIELD_ADDRESS, "<sip:", &sample), SIP_ESYNTAX);
    rest = SIP_STR("SIP/2.0/UDP h;d");
    assert_int_equal(sip__field_take(via, &rest, sip__slot_of(via, &sample)), 0);
    assert_str(rest, "d");
    assert_str(sample.via.host, "h");
    assert_int_equal(take(SIP_FIELD_VIA, "SIP", &sample), SIP_ESYNTAX);
}

static const sip_field params[] = {
    SIP_PARAM("text", TOKEN, struct sample, text),
    SIP_PARAM_FLAGS("empty", TOKEN, struct sample, text, SIP_FIELD_NO_VALUE),
    SIP_PARAM("flag", FLAG, struct sample, has),
    SIP_PARAM("switch", SWITCH, struct sample, state),
    SIP_PARAM_HAS("optional", OPTIONAL, struct sample, number, index),
    SIP_PARAM_HAS("rport", PORT, struct sample, small, has),
    SIP_PARAM("port", PORT, struct sample, small),
    SIP_PARAM_HAS("number", NUMBER, struct sample, number, has),
    SIP_PARAM_CHOICE("choice", struct sample, text, index, sample_choices),
};

static int read_param(const char *text, struct sample *sample)
{
    sip_str rest = sip_str_of(text);
    sip_param param;
    size_t i = 0;

    *sample = (struct sample){0};
    assert_int_equal(sip_param_next(&rest, &param), 1);
    while (!sip_str_equal(param.name, params[i].name)) {
        i++;
    }
    return sip__field_read(&params[i], &param, sip__slot_of(&params[i], sample));
}

static void test_params(void **state)
{
    struct sample sample;

    (void)state;
    assert_int_equal(read_param("text=\"a b\"", &sample), 0);
    assert_str(sample.text, "a b");
    assert_int_equal(read_param("text", &sample), SIP_ESYNTAX);
    assert_int_equal(read_param("empty", &sample), 0);
    assert_int_equal(sample.text.len, 0);
    assert_int_equal(read_param("flag", &sample), 0);
    assert_true(sample.has);
    assert_int_equal(read_param("flag=no", &sample), 0);
    assert_true(sample.has);
    assert_int_equal(read_param("number=5", &sample), 0);
    assert_true(sample.has);
    assert_int_equal(read_param("number", &sample), SIP_ESYNTAX);
    assert_false(sample.has);
    assert_int_equal(read_param("choice=One", &sample), 0);
    assert_int_equal(sample.index, 1);
}

static void test_flags_with_values(void **state)
{
    static const struct {
        const char *text;
        sip_switch state;
    } rows[] = {
        {"switch", SIP_ON},
        {"switch=\"TRUE\"", SIP_ON},
        {"switch=false", SIP_OFF},
        {"switch=\"!TRUE\"", SIP_OFF},
        {"switch=\"!FALSE\"", SIP_ON},
        {"switch=\"x\"", SIP_DEFAULT},
        {"switch=\"\"", SIP_ON},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_param(rows[i].text, &sample), 0);
        assert_int_equal(sample.state, rows[i].state);
    }
    assert_int_equal(read_param("optional", &sample), 0);
    assert_int_equal(sample.index, SIP_BARE);
    assert_int_equal(read_param("optional=7", &sample), 0);
    assert_int_equal(sample.index, SIP_VALUED);
    assert_int_equal(sample.number, 7);
    assert_int_equal(read_param("optional=x", &sample), SIP_ESYNTAX);
    assert_int_equal(read_param("rport", &sample), 0);
    assert_true(sample.has);
    assert_int_equal(sample.small, 0);
    assert_int_equal(read_param("rport=9", &sample), 0);
    assert_int_equal(sample.small, 9);
    assert_int_equal(read_param("port=9", &sample), 0);
    assert_int_equal(read_param("port", &sample), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_never_heads), cmocka_unit_test(test_wholes),
        cmocka_unit_test(test_params),      cmocka_unit_test(test_flags_with_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
