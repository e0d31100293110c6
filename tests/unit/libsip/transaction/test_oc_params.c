#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/fail_alloc.h"
#include "transaction/oc_params.h"

static sip__oc read_all(const char *params)
{
    sip__oc oc = {.seq = 99};

    assert_true(sip__oc_read(sip_str_of(params), &oc));
    return oc;
}

static void what_a_client_offers(void **state)
{
    sip__oc oc = read_all("branch=z9hG4bKx;rport;oc;oc-algo=\"loss,rate\"");

    (void)state;
    assert_false(oc.has_value);
    assert_true(oc.loss && oc.rate);
    oc = read_all("oc;oc-algo=\" A , Rate\"");
    assert_true(oc.rate && !oc.loss);
    oc = read_all("OC");
    assert_true(oc.loss && !oc.rate && !oc.has_value);
    assert_false(sip__oc_read(SIP_STR("branch=oc;oc-algo=\"loss\";ocx=5"), &oc));
    assert_false(sip__oc_read(SIP_STR(""), &oc));
}

/* The answers of RFC 7339 8 and RFC 7415 4. */
static void what_a_server_says(void **state)
{
    sip__oc oc = read_all("branch=z9hG4bK2d4790.1;received=192.0.2.111;oc=20;oc-algo=\"loss\";"
                          "oc-validity=500;oc-seq=1282321615.782");

    (void)state;
    assert_true(oc.has_value && oc.loss && !oc.rate);
    assert_int_equal(oc.value, 20);
    assert_int_equal(oc.validity_ms, 500);
    assert_int_equal(oc.seq, 128232161578200);
    oc = read_all("oc=150;oc-algo=\"rate\";oc-validity=1000;oc-seq=1282321892.439");
    assert_true(oc.rate && !oc.loss);
    assert_int_equal(oc.value, 150);
    assert_int_equal(oc.validity_ms, 1000);
    assert_int_equal(oc.seq, 128232189243900);
    oc = read_all("oc=0;oc-validity=0");
    assert_int_equal(oc.validity_ms, 0);
    assert_int_equal(oc.seq, 0);
}

static void nonsense_counts_as_absent(void **state)
{
    sip__oc oc = read_all("oc=many;oc-validity=x;oc-seq=5;oc-algo=\"\"");

    (void)state;
    assert_false(oc.has_value);
    assert_true(oc.loss);
    assert_int_equal(oc.validity_ms, SIP__OC_VALIDITY_MS);
    assert_int_equal(oc.seq, 0);
    oc = read_all("oc=99999999999999999999;oc-validity=99999999999");
    assert_int_equal(oc.value, UINT32_MAX);
    assert_int_equal(oc.validity_ms, 3600000);
    assert_int_equal(read_all("oc;oc-seq=1234567890123.1").seq, 0);
    assert_int_equal(read_all("oc;oc-seq=1.123456").seq, 0);
    assert_int_equal(read_all("oc;oc-seq=1.").seq, 0);
    assert_int_equal(read_all("oc;oc-seq=.1").seq, 0);
    assert_int_equal(read_all("oc;oc-seq=999999999999.99999").seq, 99999999999999999);
    assert_int_equal(read_all("oc;oc-seq=1.00001").seq, 100001);
}

static void what_we_say_is_read_back(void **state)
{
    const sip__oc loss = {
        .has_value = true, .value = 33, .loss = true, .validity_ms = 500, .seq = 170000000000123};
    const sip__oc rate = {
        .has_value = true, .value = 4000, .rate = true, .validity_ms = 1000, .seq = 5};
    char text[SIP__OC_TEXT_BYTES];
    sip__oc oc;

    (void)state;
    assert_string_equal(sip__oc_print(&loss, text).ptr,
                        ";oc=33;oc-algo=\"loss\";oc-validity=500;oc-seq=1700000000.00123");
    oc = read_all(text + 1);
    assert_int_equal(oc.seq, loss.seq);
    (void)sip__oc_print(&rate, text);
    oc = read_all(text + 1);
    assert_true(oc.rate && oc.value == 4000 && oc.seq == 5);
    oc = read_all(sip__oc_offer().ptr + 1);
    assert_true(oc.loss && oc.rate && !oc.has_value);
    (void)sip__oc_print(&(sip__oc){true, UINT32_MAX, true, false, UINT32_MAX, UINT64_MAX}, text);
    assert_true(strlen(text) < SIP__OC_TEXT_BYTES - 1);
}

static void stamp(const char *via_text, const char *expected)
{
    char bytes[400];
    sip_via via;
    sip_str out;
    int len = snprintf(bytes, sizeof(bytes),
                       "SIP/2.0 100 Trying\r\nVia: %s\r\nTo: <sip:b@b>\r\n\r\n", via_text);
    const char *params, *end;

    assert_true(len > 0);
    via = (sip_via){.text = {strstr(bytes, via_text), strlen(via_text)}};
    end = strstr(via.text.ptr, ",SIP");
    end = end != NULL ? end : strchr(via.text.ptr, '\r');
    params = memchr(via.text.ptr, ';', via.text.len);
    via.params = (sip_str){params + 1, (size_t)(end - params - 1)};
    assert_int_equal(sip__oc_stamp(NULL, (sip_str){bytes, (size_t)len}, &via,
                                   SIP_STR(";oc=20;oc-seq=1.5"), &out),
                     0);
    (void)snprintf(bytes, sizeof(bytes), "SIP/2.0 100 Trying\r\nVia: %s\r\nTo: <sip:b@b>\r\n\r\n",
                   expected);
    assert_memory_equal(out.ptr, bytes, out.len);
    assert_int_equal(out.len, strlen(bytes));
    sip_free(NULL, (char *)out.ptr);
}

static void answers_say_it_in_place_of_the_offer(void **state)
{
    fail_alloc fail;
    sip_via via = {.params = SIP_STR("oc")};
    sip_str out;

    (void)state;
    stamp("SIP/2.0/UDP h;branch=z;oc;oc-algo=\"loss,A\";received=192.0.2.1",
          "SIP/2.0/UDP h;branch=z;received=192.0.2.1;oc=20;oc-seq=1.5");
    stamp("SIP/2.0/UDP h;oc;branch=z", "SIP/2.0/UDP h;branch=z;oc=20;oc-seq=1.5");
    stamp("SIP/2.0/UDP h;oc", "SIP/2.0/UDP h;oc=20;oc-seq=1.5");
    stamp("SIP/2.0/UDP h;branch=z;oc,SIP/2.0/UDP i;branch=y;oc",
          "SIP/2.0/UDP h;branch=z;oc=20;oc-seq=1.5,SIP/2.0/UDP i;branch=y;oc");
    stamp("SIP/2.0/UDP h ; branch = z ; oc ; x=\"oc;1\"",
          "SIP/2.0/UDP h ;branch = z;x=\"oc;1\";oc=20;oc-seq=1.5");
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip__oc_stamp(&fail.allocator, SIP_STR(";oc"), &via, SIP_STR(""), &out),
                     SIP_ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_client_offers),
        cmocka_unit_test(what_a_server_says),
        cmocka_unit_test(nonsense_counts_as_absent),
        cmocka_unit_test(what_we_say_is_read_back),
        cmocka_unit_test(answers_say_it_in_place_of_the_offer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
