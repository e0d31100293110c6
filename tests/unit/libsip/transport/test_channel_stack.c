/* One channel on another: greetings, messages, pings, ends, failures of either. */
#include "transport/channel_stack.h"
#include "support/fail_alloc.h"
#include "support/fake_channel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* One end of a wire; what it writes waits until the test carries it over. */
typedef struct side {
    fake_factory lower, upper;
    sip__channel_factory *factory;
    sip__channel *channel;
    char out[8192];
    size_t out_len;
    unsigned opened, messages, pongs;
    bool whole;
    char got[256];
    size_t got_len;
    int err;
} side;

static int on_write(sip_str bytes, void *arg)
{
    side *self = arg;

    assert_true(self->out_len + bytes.len <= sizeof(self->out));
    memcpy(self->out + self->out_len, bytes.ptr, bytes.len);
    self->out_len += bytes.len;
    return 0;
}

static void on_open(void *arg)
{
    ((side *)arg)->opened++;
}

static void on_bytes(sip_str bytes, bool whole, void *arg)
{
    side *self = arg;

    assert_true(self->got_len + bytes.len <= sizeof(self->got));
    memcpy(self->got + self->got_len, bytes.ptr, bytes.len);
    self->got_len += bytes.len;
    self->messages++;
    self->whole = whole;
}

static void on_pong(void *arg)
{
    ((side *)arg)->pongs++;
}

static const sip__channel_events events = {on_write, on_open, on_bytes, on_pong};

static void init(side *self, bool upper_whole)
{
    memset(self, 0, sizeof(*self));
    fake_factory_init(&self->lower, sip_allocator_default(), 0x55);
    fake_factory_init(&self->upper, sip_allocator_default(), 0x0f);
    self->upper.whole = upper_whole;
    assert_int_equal(sip__channel_stack_factory_create(sip_allocator_default(), &self->lower.base,
                                                       &self->upper.base, &self->factory),
                     0);
}

static void make(side *self, bool is_client)
{
    sip_path path = {0};
    sip__channel_setup setup = {&path, is_client ? "a.test" : NULL, &events, self};

    assert_int_equal(
        (is_client ? self->factory->vtable->make_client
                   : self->factory->vtable->make_server)(self->factory, &setup, &self->channel),
        0);
    self->err = self->channel->vtable->start(self->channel);
}

static void finish(side *self)
{
    if (self->channel != NULL) {
        self->channel->vtable->destroy(self->channel);
    }
    self->factory->vtable->destroy(self->factory);
    assert_int_equal(self->lower.live, 0);
    assert_int_equal(self->upper.live, 0);
    assert_int_equal(self->lower.destroyed, 1);
    assert_int_equal(self->upper.destroyed, 1);
}

/* Carry what waits in both directions, in pieces of so many bytes, until nothing does. */
static void carry(side *a, side *b, size_t piece)
{
    while (a->out_len > 0 || b->out_len > 0) {
        side *from = a->out_len > 0 ? a : b;
        side *to = from == a ? b : a;
        char copy[8192];
        size_t n = from->out_len < piece ? from->out_len : piece;

        memcpy(copy, from->out, n);
        memmove(from->out, from->out + n, from->out_len - n);
        from->out_len -= n;
        if (to->err == 0) {
            to->err = to->channel->vtable->receive(to->channel, (sip_str){copy, n});
        }
    }
}

static void exchange(bool whole, size_t piece)
{
    side a, b;

    init(&a, whole);
    init(&b, whole);
    make(&a, true);
    make(&b, false);
    carry(&a, &b, piece);
    assert_int_equal(a.opened, 1);
    assert_int_equal(b.opened, 1);
    assert_string_equal(a.lower.server, "a.test");
    assert_string_equal(a.upper.server, "a.test");
    assert_int_equal(a.channel->vtable->send(a.channel, SIP_STR("hello")), 0);
    carry(&a, &b, piece);
    assert_int_equal(b.got_len, 5);
    assert_memory_equal(b.got, "hello", 5);
    assert_true(b.whole == whole);
    assert_int_equal(b.channel->vtable->ping(b.channel), 0);
    carry(&a, &b, piece);
    assert_int_equal(b.pongs, whole ? 1 : 0);
    assert_int_equal(a.got_len, whole ? 0 : 4); /* a line break twice is a ping where none is */
    assert_int_equal(a.err, 0);
    assert_int_equal(b.err, 0);
    a.channel->vtable->close(a.channel);
    assert_int_equal(a.upper.closed, 1);
    assert_int_equal(a.lower.closed, 1);
    carry(&a, &b, piece);
    assert_int_equal(b.err, whole ? SIP_EGONE : 0);
    finish(&a);
    finish(&b);
}

static void test_exchange(void **state)
{
    (void)state;
    exchange(false, 1000);
    exchange(false, 1);
    exchange(true, 1000);
    exchange(true, 1);
}

static void test_partial_and_proved(void **state)
{
    side a, b;

    (void)state;
    init(&a, true);
    init(&b, true);
    make(&a, true);
    make(&b, false);
    carry(&a, &b, 100);
    assert_false(b.channel->vtable->is_partial(b.channel));
    assert_int_equal(a.channel->vtable->send(a.channel, SIP_STR("abc")), 0);
    a.out_len--;
    carry(&a, &b, 100);
    assert_true(b.channel->vtable->is_partial(b.channel));
    assert_false(b.channel->vtable->speaks_for(b.channel, "x.test"));
    b.lower.proves = "x.test";
    assert_true(b.channel->vtable->speaks_for(b.channel, "x.test"));
    b.lower.proves = NULL;
    b.upper.proves = "x.test";
    assert_true(b.channel->vtable->speaks_for(b.channel, "x.test"));
    finish(&a);
    finish(&b);
}

static void test_either_fails(void **state)
{
    side a, b;

    (void)state;
    init(&a, false);
    init(&b, false);
    b.upper.key ^= 1; /* the upper ones do not understand each other */
    make(&a, true);
    make(&b, false);
    b.channel->vtable->close(
        b.channel); /* before the upper one began: only the lower one says it */
    assert_int_equal(b.upper.closed, 0);
    assert_int_equal(b.lower.closed, 1);
    carry(&a, &b, 100);
    assert_int_equal(b.err, SIP_EIO);
    assert_string_equal(b.channel->text, "the fake greeting is wrong");
    assert_int_equal(b.opened, 0);
    finish(&a);
    finish(&b);

    init(&a, false);
    init(&b, false);
    b.lower.key ^= 1;
    make(&a, true);
    make(&b, false);
    carry(&a, &b, 100);
    assert_int_equal(b.err, SIP_EIO);
    assert_string_equal(b.channel->text, "the fake greeting is wrong");
    finish(&a);
    finish(&b);
}

static void test_no_memory(void **state)
{
    size_t n = 0;
    fail_alloc fail;

    (void)state;
    do {
        fake_factory lower, upper;
        sip__channel_factory *factory;
        sip__channel *channel;
        side self;
        sip_path path = {0};
        sip__channel_setup setup = {&path, NULL, &events, &self};

        fail_alloc_init(&fail, ++n);
        fake_factory_init(&lower, &fail.allocator, 1);
        fake_factory_init(&upper, &fail.allocator, 1);
        if (sip__channel_stack_factory_create(&fail.allocator, &lower.base, &upper.base,
                                              &factory) == 0) {
            if (factory->vtable->make_server(factory, &setup, &channel) == 0) {
                channel->vtable->destroy(channel);
            }
            factory->vtable->destroy(factory);
        }
        assert_int_equal(lower.destroyed, 1);
        assert_int_equal(upper.destroyed, 1);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_partial_and_proved),
        cmocka_unit_test(test_either_fails),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
