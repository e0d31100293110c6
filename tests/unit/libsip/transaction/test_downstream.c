#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/fail_alloc.h"
#include "transaction/downstream.h"

static sip_path to(uint16_t port)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};

    assert_int_equal(sip_addr_parse(SIP_STR("192.0.2.2"), port, &path.remote), 0);
    return path;
}

static void make(sip__downstream *downstream)
{
    *downstream = (sip__downstream){.on = false};
    assert_int_equal(sip__downstream_init(downstream, NULL, NULL, true), 0);
    downstream->noise = 77;
}

static sip__oc loss(uint32_t percent, uint64_t seq)
{
    return (sip__oc){
        .has_value = true, .value = percent, .loss = true, .validity_ms = 500, .seq = seq};
}

/* Of 1,000 requests, each fourth in a dialog where `mixed`, so many new and old ones may go. */
static void count(sip__downstream *downstream, bool mixed, unsigned ret_counts[2])
{
    sip_path path = to(5060);

    ret_counts[0] = ret_counts[1] = 0;
    for (unsigned i = 0; i < 1000; i++) {
        bool old = mixed && i % 4 == 0;

        if (sip__downstream_admits(downstream, &path,
                                   old ? SIP__REQUEST_UNDER_WAY : SIP__REQUEST_NEW, 100)) {
            ret_counts[old ? 1 : 0]++;
        }
    }
}

static void so_many_per_cent_are_held_back(void **state)
{
    sip__downstream downstream;
    sip_path path = to(5060), other = to(5070);
    sip__oc oc = loss(20, 1);
    unsigned counts[2];

    (void)state;
    make(&downstream);
    count(&downstream, false, counts);
    assert_int_equal(counts[0], 1000);
    sip__downstream_heed(&downstream, &path, &oc, 100);
    count(&downstream, false, counts);
    assert_in_range(counts[0], 760, 840);
    for (unsigned i = 0; i < 100; i++) {
        assert_true(sip__downstream_admits(&downstream, &other, SIP__REQUEST_NEW, 100));
        assert_true(sip__downstream_admits(&downstream, &path, SIP__REQUEST_EXEMPT, 100));
    }
    oc = loss(100, 2);
    sip__downstream_heed(&downstream, &path, &oc, 100);
    count(&downstream, false, counts);
    assert_int_equal(counts[0], 0);
    oc = loss(4000, 3);
    sip__downstream_heed(&downstream, &path, &oc, 100);
    count(&downstream, false, counts);
    assert_int_equal(counts[0], 0);
    sip__downstream_finish(&downstream);
}

static void what_is_under_way_goes_first(void **state)
{
    sip__downstream downstream;
    sip_path path = to(5060);
    sip__oc oc = loss(50, 1);
    unsigned counts[2];

    (void)state;
    make(&downstream);
    sip__downstream_heed(&downstream, &path, &oc, 100);
    count(&downstream, true, counts); /* it learns how many are new */
    count(&downstream, true, counts);
    assert_in_range(counts[0] + counts[1], 440, 560);
    assert_int_equal(counts[1], 250);
    oc = loss(90, 2); /* more than all that is new */
    sip__downstream_heed(&downstream, &path, &oc, 100);
    count(&downstream, true, counts);
    assert_in_range(counts[0] + counts[1], 50, 160);
    assert_true(counts[1] < 160 && counts[0] < 20);
    sip__downstream_finish(&downstream);
}

static void older_news_and_the_end_of_it(void **state)
{
    sip__downstream downstream;
    sip_path path = to(5060);
    sip__oc oc = loss(100, 5);

    (void)state;
    make(&downstream);
    sip__downstream_heed(&downstream, &path, &oc, 100);
    oc = loss(0, 4); /* overtaken on its way */
    sip__downstream_heed(&downstream, &path, &oc, 101);
    assert_false(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 102));
    oc = loss(0, 6);
    sip__downstream_heed(&downstream, &path, &oc, 103);
    assert_true(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 104));
    assert_int_equal(downstream.pool.live, 0);
    oc = loss(100, 7);
    sip__downstream_heed(&downstream, &path, &oc, 200);
    assert_false(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 699));
    assert_true(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 700));
    assert_int_equal(downstream.pool.live, 0);
    sip__downstream_heed(&downstream, &path, &oc, 800);
    oc.validity_ms = 0; /* RFC 7339 5.7 */
    oc.seq = 8;
    sip__downstream_heed(&downstream, &path, &oc, 801);
    assert_int_equal(downstream.pool.live, 0);
    oc = (sip__oc){.loss = true,
                   .validity_ms = 500}; /* an offer, echoed by who knows nothing of it */
    sip__downstream_heed(&downstream, &path, &oc, 900);
    assert_int_equal(downstream.pool.live, 0);
    oc = loss(100, 9); /* after a restart its numbers begin anew */
    sip__downstream_heed(&downstream, &path, &oc, 1000);
    oc.seq = 1;
    sip__downstream_heed(&downstream, &path, &oc, 1600);
    assert_false(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 1700));
    sip__downstream_finish(&downstream);
}

static void so_many_a_second_are_sent(void **state)
{
    sip__downstream downstream;
    sip_path path = to(5060);
    sip__oc oc = {.has_value = true, .value = 150, .rate = true, .validity_ms = 60000, .seq = 1};
    unsigned sent = 0, old = 0;

    (void)state;
    make(&downstream);
    sip__downstream_heed(&downstream, &path, &oc, 0);
    for (sip_time_ms now_ms = 0; now_ms < 10000; now_ms++) {
        sent += sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, now_ms) ? 1 : 0;
    }
    assert_in_range(sent, 1490, 1510);
    for (unsigned i = 0; i < 20; i++) { /* at once: the bucket is full for new ones */
        old += sip__downstream_admits(&downstream, &path, SIP__REQUEST_UNDER_WAY, 10000) ? 1 : 0;
    }
    assert_in_range(old, 3, 6);
    assert_false(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 10000));
    oc.value = 0;
    oc.seq = 2;
    sip__downstream_heed(&downstream, &path, &oc, 20000);
    assert_false(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 30000));
    sip__downstream_finish(&downstream);
}

static void the_table_is_bounded(void **state)
{
    sip__downstream downstream;
    sip__oc oc = loss(100, 1);

    (void)state;
    make(&downstream);
    for (uint16_t i = 1; i <= 1500; i++) {
        sip_path path = to(i);

        sip__downstream_heed(&downstream, &path, &oc, 100);
    }
    assert_int_equal(downstream.pool.live, 1024);
    for (uint16_t i = 1; i <= 1500; i++) {
        sip_path path = to(i);

        assert_int_equal(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 200),
                         i <= 1500 - 1024);
    }
    sip__downstream_finish(&downstream);
}

static void who_does_not_offer_does_not_heed(void **state)
{
    sip__downstream downstream = {.on = false};
    sip_path path = to(5060);
    sip__oc oc = loss(100, 1);
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    sip__downstream_finish(&downstream);
    assert_int_equal(sip__downstream_init(&downstream, NULL, NULL, false), 0);
    sip__downstream_heed(&downstream, &path, &oc, 1);
    assert_true(sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 2));
    sip__downstream_finish(&downstream);
    do {
        fail_alloc_init(&fail, ++n);
        if (sip__downstream_init(&downstream, &fail.allocator, NULL, true) == 0) {
            sip__downstream_heed(&downstream, &path, &oc, 1);
            (void)sip__downstream_admits(&downstream, &path, SIP__REQUEST_NEW, 2);
        }
        sip__downstream_finish(&downstream);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
}

static sip__request_class class_of(const char *line, const char *more, bool trust)
{
    char text[600];
    sip__request_class kind;
    sip_msg *msg = NULL;
    int len = snprintf(text, sizeof(text),
                       "%s SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n"
                       "From: <sip:a@a>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 %.*s\r\n%sContent-Length: "
                       "0\r\n\r\n",
                       line, (int)strcspn(line, " "), line, more);

    assert_int_equal(sip_msg_parse(NULL, NULL, (sip_str){text, (size_t)len}, NULL, &msg, NULL), 0);
    kind = sip__request_classify(msg, trust);
    (void)sip_msg_unref(msg);
    return kind;
}

static void requests_have_classes(void **state)
{
    static const char fresh[] = "To: <sip:b@b>\r\n", old[] = "To: <sip:b@b>;tag=2\r\n",
                      called[] = "To: <sip:b@b>\r\nResource-Priority: ets.0\r\n";

    (void)state;
    assert_int_equal(class_of("INVITE sip:b@b", fresh, true), SIP__REQUEST_NEW);
    assert_int_equal(class_of("INVITE sip:b@b", old, false), SIP__REQUEST_UNDER_WAY);
    assert_int_equal(class_of("INVITE urn:service:sos", fresh, false), SIP__REQUEST_EXEMPT);
    assert_int_equal(class_of("INVITE urn:service:SOS.fire", fresh, false), SIP__REQUEST_EXEMPT);
    assert_int_equal(class_of("INVITE urn:service:sosx", fresh, false), SIP__REQUEST_NEW);
    assert_int_equal(class_of("INVITE sip:b@b", called, false), SIP__REQUEST_NEW);
    assert_int_equal(class_of("INVITE sip:b@b", called, true), SIP__REQUEST_EXEMPT);
    assert_int_equal(class_of("BYE sip:b@b", old, false), SIP__REQUEST_EXEMPT);
    assert_int_equal(class_of("CANCEL sip:b@b", fresh, false), SIP__REQUEST_EXEMPT);
    assert_int_equal(class_of("ACK sip:b@b", fresh, false), SIP__REQUEST_EXEMPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_per_cent_are_held_back),
        cmocka_unit_test(what_is_under_way_goes_first),
        cmocka_unit_test(older_news_and_the_end_of_it),
        cmocka_unit_test(so_many_a_second_are_sent),
        cmocka_unit_test(the_table_is_bounded),
        cmocka_unit_test(who_does_not_offer_does_not_heed),
        cmocka_unit_test(requests_have_classes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
