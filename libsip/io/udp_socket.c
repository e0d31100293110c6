#define _GNU_SOURCE
#include "io/udp_socket.h"
#include "io/loop_task.h"
#include "io/socket_address.h"
#include "io/udp_batch.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOTS 256               /* sends that wait; a power of two */
#define SENDS_AT_ONCE 16        /* leave before the turn ends, while they are in the cache */
#define SLOT_BYTES 2048         /* a larger datagram gets a block of its own */
#define MAX_PAYLOAD_BYTES 65507 /* of UDP over IPv4 */
#define READS_A_TURN 16         /* batches read before others have their turn */
#define ERRORS_A_SEND 16        /* times that others' errors may keep the first one waiting */
#define ERRORS_AT_ONCE 256      /* read before others have their turn */
#define SOCKET_BUFFER_BYTES (8u << 20) /* asked for unless said; the system may give less */
/* Buffers that lie 64 KiB apart would fight for the same cache lines. */
#define BUFFER_SKEW_BYTES 320

typedef struct send_slot {
    sip_addr to, from;
    uint64_t ref;
    size_t len;
    char *big; /* instead of `bytes` */
    char bytes[SLOT_BYTES];
} send_slot;

/* Something to report in a later turn. */
typedef struct report {
    struct report *next;
    sip_addr remote;
    uint64_t ref;
    int err;
    bool returned; /* by the network, to nobody in particular */
    char text[SIP_ADDR_TEXT_BYTES + 80];
    size_t len; /* of what is quoted */
    char quoted[];
} report;

struct sip__udp_socket {
    sip__udp_socket_config config;
    sip_addr local;
    bool any; /* bound to all addresses, or to a group */
    int fd;
    sip_watch *watch;
    bool watches_write;
    bool has_errors; /* perhaps: a call did less than it was asked for */
    sip__udp_batch *batch;
    sip__udp_datagram in[SIP__UDP_BATCH];
    sip_msg_block *blocks[SIP__UDP_BATCH]; /* whose bytes in[] has */
    sip_msg_block *spare;                  /* for the next of them that is taken */
    char *overflow; /* what does not fit a block, one buffer for each: two in a batch may be long.
                       Of pages that were never touched it takes none */
    uint64_t lost;
    send_slot *slots;
    size_t first, count;
    report *reports, **reports_end;
    sip__loop_task report_task;
};

static void on_ready(unsigned ready, void *arg);

static void run_reports(void *arg)
{
    sip__udp_socket *socket = arg;
    report *entry = socket->reports;

    socket->reports = NULL;
    socket->reports_end = &socket->reports;
    while (entry != NULL) {
        report *next = entry->next;

        if (entry->returned) {
            sip_network_error error = {
                entry->remote, {entry->quoted, entry->len}, entry->err, entry->text};

            socket->config.events->on_unreachable(&error, socket->config.arg);
        } else {
            socket->config.events->on_send_failed(entry->ref, &entry->remote, entry->err,
                                                  entry->text, socket->config.arg);
        }
        sip_free(socket->config.allocator, entry);
        entry = next;
    }
}

/* NULL without memory: the transaction's timer will find out. */
static report *add_report(sip__udp_socket *socket, const sip_addr *remote, int code,
                          size_t quoted_bytes)
{
    report *entry = sip_alloc0(socket->config.allocator, sizeof(*entry) + quoted_bytes);
    char where[SIP_ADDR_TEXT_BYTES], why[64];

    if (entry == NULL) {
        return NULL;
    }
    entry->remote = *remote;
    entry->err = code == EMSGSIZE ? SIP_ETOOBIG : SIP_EIO;
    (void)snprintf(entry->text, sizeof(entry->text), "udp to %s: %s", sip_addr_text(remote, where),
                   sip__system_error_text(code, why, sizeof(why)));
    *socket->reports_end = entry;
    socket->reports_end = &entry->next;
    sip__loop_defer(socket->config.loop, &socket->report_task);
    return entry;
}

static int alloc_overflow(sip__udp_socket *socket)
{
    size_t each = socket->config.max_bytes - SIP__UDP_INLINE_BYTES;
    size_t stride = ((each + 63) & ~(size_t)63) + BUFFER_SKEW_BYTES;
    size_t i;

    socket->overflow = sip_alloc(socket->config.allocator, stride * SIP__UDP_BATCH);
    for (i = 0; socket->overflow != NULL && i < SIP__UDP_BATCH; i++) {
        socket->in[i].overflow = socket->overflow + i * stride;
    }
    return socket->overflow != NULL ? 0 : SIP_ENOMEM;
}

static int alloc_buffers(sip__udp_socket *socket)
{
    const sip_allocator *allocator = socket->config.allocator;
    size_t i;

    socket->batch = sip__udp_batch_create(allocator, socket->config.max_bytes);
    socket->slots = sip_alloc(allocator, sizeof(send_slot) * SLOTS);
    if (socket->batch == NULL || socket->slots == NULL) {
        return SIP_ENOMEM;
    }
    for (i = 0; i < SIP__UDP_BATCH; i++) {
        socket->blocks[i] = sip__msg_block_create(socket->config.blocks, SIP__UDP_INLINE_BYTES);
        if (socket->blocks[i] == NULL) {
            return SIP_ENOMEM;
        }
        socket->in[i].bytes = sip__msg_block_bytes(socket->blocks[i]);
    }
    return socket->config.max_bytes > SIP__UDP_INLINE_BYTES ? alloc_overflow(socket) : 0;
}

static void free_buffers(sip__udp_socket *socket)
{
    const sip_allocator *allocator = socket->config.allocator;
    size_t i;

    for (i = 0; i < SIP__UDP_BATCH; i++) {
        sip__msg_block_destroy(socket->blocks[i]);
    }
    sip__msg_block_destroy(socket->spare);
    sip__udp_batch_destroy(allocator, socket->batch);
    sip_free(allocator, socket->overflow);
    sip_free(allocator, socket->slots);
}

static void ask_room(int fd, const sip_socket_options *options)
{
    uint32_t in = options->receive_bytes, out = options->send_bytes;

    sip__udp_batch_ask_room(fd, in != 0 ? in : SOCKET_BUFFER_BYTES,
                            out != 0 ? out : SOCKET_BUFFER_BYTES);
}

static int open_socket(sip__udp_socket *self, char *text, size_t size)
{
    struct sockaddr_storage name;
    socklen_t len;
    int fd = sip__socket_open(&self->config.bind, SOCK_DGRAM);
    int code;

    if (fd < 0) {
        sip__system_error_text(-fd, text, size);
        return SIP_EIO;
    }
    self->fd = fd;
    ask_room(fd, &self->config.options);
    self->any = sip_addr_is_any(&self->config.bind) || sip_addr_is_multicast(&self->config.bind);
    code = -sip__udp_batch_prepare(fd, (sip_family)self->config.bind.family, self->any);
    if (code == 0) {
        code = sip__socket_bind_device(fd, self->config.options.device);
    }
    if (code == 0) {
        code =
            sip__socket_mark(fd, (sip_family)self->config.bind.family, self->config.options.dscp);
    }
    if (code == 0 && sip_addr_is_multicast(&self->config.bind)) {
        code = sip__socket_join(fd, &self->config.bind, self->config.options.device);
    }
    if (code == 0) {
        code = sip__port_share(fd, self->config.use, SOCK_DGRAM, self->config.options.device,
                               &self->config.bind);
    }
    sip__sockaddr_of(&self->config.bind, &name, &len);
    if (code == 0 && bind(fd, (struct sockaddr *)&name, len) != 0) {
        code = errno;
    }
    if (code != 0) {
        sip__system_error_text(code, text, size);
        return SIP_EIO;
    }
    sip__socket_local(fd, &self->local);
    return 0;
}

int sip__udp_socket_create(const sip__udp_socket_config *config, char *text, size_t size,
                           sip__udp_socket **ret_socket)
{
    sip__udp_socket *socket = sip_alloc0(config->allocator, sizeof(*socket));
    int err;

    if (socket == NULL) {
        return SIP_ENOMEM;
    }
    socket->config = *config;
    if (config->blocks == NULL) {
        socket->config.blocks = config->allocator;
    }
    socket->fd = -1;
    socket->reports_end = &socket->reports;
    socket->report_task.fn = run_reports;
    socket->report_task.arg = socket;
    err = alloc_buffers(socket);
    if (err == 0) {
        err = open_socket(socket, text, size);
    }
    if (err == 0) {
        err = sip_loop_watch(config->loop, socket->fd, SIP_LOOP_READ, on_ready, socket,
                             &socket->watch);
    }
    if (err != 0) {
        sip__udp_socket_destroy(socket);
        return err;
    }
    *ret_socket = socket;
    return 0;
}

static void drop_first(sip__udp_socket *socket)
{
    send_slot *slot = &socket->slots[socket->first];

    sip_free(socket->config.allocator, slot->big);
    socket->first = (socket->first + 1) % SLOTS;
    socket->count--;
}

void sip__udp_socket_destroy(sip__udp_socket *socket)
{
    const sip_allocator *allocator;

    if (socket == NULL) {
        return;
    }
    allocator = socket->config.allocator;
    sip_watch_stop(socket->watch);
    sip__loop_undefer(&socket->report_task);
    while (socket->count > 0) {
        drop_first(socket);
    }
    while (socket->reports != NULL) {
        report *next = socket->reports->next;

        sip_free(allocator, socket->reports);
        socket->reports = next;
    }
    if (socket->fd >= 0) {
        close(socket->fd);
    }
    free_buffers(socket);
    sip_free(allocator, socket);
}

void sip__udp_socket_local(const sip__udp_socket *socket, sip_addr *ret_addr)
{
    *ret_addr = socket->local;
}

static void tell_returned(sip__udp_socket *socket, const sip__udp_error *error)
{
    report *entry;

    if (error->code == 0 || error->remote.family == SIP_FAMILY_NONE) {
        return;
    }
    entry = add_report(socket, &error->remote, error->code, error->len);
    if (entry != NULL) {
        entry->returned = true;
        entry->len = error->len;
        memcpy(entry->quoted, error->quoted, error->len);
    }
}

/* @return how many of the network's there were: what this machine itself refuses, the call that it
 * refused has been told */
static unsigned read_errors(sip__udp_socket *socket)
{
    sip__udp_error error;
    unsigned count = 0;
    unsigned i;

    socket->has_errors = false;
    for (i = 0; i < ERRORS_AT_ONCE && sip__udp_batch_next_error(socket->fd, &error); i++) {
        tell_returned(socket, &error);
        count += error.code != 0;
    }
    return count;
}

static void tell_lost(sip__udp_socket *socket, uint64_t count)
{
    if (count > 0) {
        socket->config.events->on_lost(count, socket->config.arg);
    }
}

/* One that fits its block. A block is given away only where there is another for its place. */
static void deliver_short(sip__udp_socket *socket, unsigned i, sip__udp_arrival *arrival)
{
    if (socket->spare == NULL) {
        socket->spare = sip__msg_block_create(socket->config.blocks, SIP__UDP_INLINE_BYTES);
    }
    arrival->block = socket->spare != NULL ? socket->blocks[i] : NULL;
    if (socket->config.events->on_datagram(arrival, socket->config.arg)) {
        socket->blocks[i] = socket->spare;
        socket->in[i].bytes = sip__msg_block_bytes(socket->spare);
        socket->spare = NULL;
    }
}

/* One that does not: both parts go into a block of its size. */
static void deliver_long(sip__udp_socket *socket, unsigned i, sip__udp_arrival *arrival)
{
    const sip__udp_datagram *datagram = &socket->in[i];
    sip_msg_block *block = sip__msg_block_create(socket->config.blocks, datagram->len);
    char *bytes;

    if (block == NULL) {
        tell_lost(socket, 1);
        return;
    }
    bytes = sip__msg_block_bytes(block);
    memcpy(bytes, datagram->bytes, SIP__UDP_INLINE_BYTES);
    memcpy(bytes + SIP__UDP_INLINE_BYTES, datagram->overflow,
           datagram->len - SIP__UDP_INLINE_BYTES);
    arrival->block = block;
    arrival->bytes.ptr = bytes;
    if (!socket->config.events->on_datagram(arrival, socket->config.arg)) {
        sip__msg_block_destroy(block);
    }
}

static void deliver(sip__udp_socket *socket, unsigned i, sip_time_ms now_ms)
{
    const sip__udp_datagram *datagram = &socket->in[i];
    sip__udp_arrival arrival = {
        .remote = datagram->remote,
        .local = datagram->local.family != SIP_FAMILY_NONE ? datagram->local : socket->local,
        .bytes = {datagram->bytes, datagram->len},
        .truncated = datagram->truncated,
    };

    arrival.local.port = socket->local.port;
    if (datagram->waited_ms >= 0 && now_ms > (sip_time_ms)datagram->waited_ms) {
        arrival.received_ms = now_ms - (sip_time_ms)datagram->waited_ms;
    }
    if (datagram->len > SIP__UDP_INLINE_BYTES) {
        deliver_long(socket, i, &arrival);
    } else {
        deliver_short(socket, i, &arrival);
    }
}

static void deliver_batch(sip__udp_socket *socket, unsigned count)
{
    sip_time_ms now_ms = sip_clock_now_ms(NULL);
    uint64_t lost = sip__udp_batch_lost(socket->batch);
    unsigned i;

    tell_lost(socket, lost - socket->lost);
    socket->lost = lost;
    for (i = 0; i < count; i++) {
        deliver(socket, i, now_ms);
    }
}

static void read_batches(sip__udp_socket *socket)
{
    int i;

    for (i = 0; i < READS_A_TURN; i++) {
        int count = sip__udp_batch_recv(socket->batch, socket->fd, socket->in);

        if (count == -EAGAIN || count == -EWOULDBLOCK) {
            socket->has_errors = socket->has_errors || i == 0; /* it woke us for something */
            return;
        }
        if (count < 0) {
            (void)read_errors(socket); /* an ICMP error that stood before the datagrams */
            continue;
        }
        deliver_batch(socket, (unsigned)count);
        if (count < SIP__UDP_BATCH) {
            return;
        }
    }
}

static void on_ready(unsigned ready, void *arg)
{
    sip__udp_socket *socket = arg;

    if ((ready & SIP_LOOP_WRITE) != 0) {
        sip__udp_socket_flush(socket);
    }
    if ((ready & SIP_LOOP_READ) != 0) {
        read_batches(socket);
        if (socket->has_errors) {
            (void)read_errors(socket);
        }
    }
}

int sip__udp_socket_send(sip__udp_socket *socket, const sip_addr *to, const sip_addr *from,
                         sip_str bytes, uint64_t ref)
{
    send_slot *slot;
    char *big = NULL;

    if (bytes.len > MAX_PAYLOAD_BYTES) {
        return SIP_ETOOBIG;
    }
    if (socket->count == SLOTS) {
        sip__udp_socket_flush(socket);
        if (socket->count == SLOTS) {
            return SIP_ENOMEM;
        }
    }
    if (bytes.len > SLOT_BYTES) {
        big = sip_alloc(socket->config.allocator, bytes.len);
        if (big == NULL) {
            return SIP_ENOMEM;
        }
    }
    slot = &socket->slots[(socket->first + socket->count) % SLOTS];
    slot->to = *to;
    memset(&slot->from, 0, sizeof(slot->from));
    if (socket->any && from != NULL && !sip_addr_is_any(from)) {
        slot->from = *from;
    }
    slot->ref = ref;
    slot->len = bytes.len;
    slot->big = big;
    memcpy(big != NULL ? big : slot->bytes, bytes.ptr, bytes.len);
    if (socket->count++ == 0) {
        sip__loop_want_turn(socket->config.loop);
    }
    if (socket->count == SENDS_AT_ONCE) {
        sip__udp_socket_flush(socket);
    }
    return 0;
}

static size_t fill_batch(const sip__udp_socket *socket, sip__udp_datagram *out)
{
    size_t n = socket->count < SIP__UDP_BATCH ? socket->count : SIP__UDP_BATCH;
    size_t i;

    for (i = 0; i < n; i++) {
        send_slot *slot = &socket->slots[(socket->first + i) % SLOTS];

        out[i].remote = slot->to;
        out[i].local = slot->from;
        out[i].bytes = slot->big != NULL ? slot->big : slot->bytes;
        out[i].len = slot->len;
    }
    return n;
}

static void watch_write(sip__udp_socket *socket, bool on)
{
    if (socket->watches_write != on) {
        socket->watches_write = on;
        (void)sip_watch_set(socket->watch, SIP_LOOP_READ | (on ? SIP_LOOP_WRITE : 0u));
    }
}

static bool is_icmp_error(int code)
{
    return code == ECONNREFUSED || code == EHOSTUNREACH || code == ENETUNREACH ||
           code == EHOSTDOWN || code == EPROTO || code == ENOPROTOOPT || code == EMSGSIZE;
}

/* What the network says of a destination comes with whatever is sent next, so it is read and the
 * first that waits is tried again. Nothing to read twice: then it is its own. */
static bool is_anothers_error(sip__udp_socket *socket, int code, unsigned *tries)
{
    if (!is_icmp_error(code)) {
        return false;
    }
    if (read_errors(socket) > 0) {
        *tries = 0;
        return true;
    }
    return (*tries)++ == 0;
}

static void tell_refused(sip__udp_socket *socket, int code)
{
    const send_slot *slot = &socket->slots[socket->first];
    report *entry = slot->ref != 0 ? add_report(socket, &slot->to, code, 0) : NULL;

    if (entry != NULL) {
        entry->ref = slot->ref;
    }
}

/* Send the first that wait. @return how many are done with; -EAGAIN: go on when there is room */
static int send_first(sip__udp_socket *socket, unsigned *errors, unsigned *tries)
{
    sip__udp_datagram out[SIP__UDP_BATCH];
    size_t n = fill_batch(socket, out);
    int sent = sip__udp_batch_send(socket->batch, socket->fd, out, n);

    if (sent >= 0) {
        *errors = *tries = 0;
        socket->has_errors = socket->has_errors || (size_t)sent < n;
        return sent;
    }
    if (sent == -EAGAIN || sent == -EWOULDBLOCK || sent == -EINTR) {
        return sent == -EINTR ? 0 : -EAGAIN;
    }
    if (is_anothers_error(socket, -sent, tries)) {
        return ++*errors < ERRORS_A_SEND ? 0 : -EAGAIN;
    }
    *errors = *tries = 0;
    tell_refused(socket, -sent);
    return 1;
}

void sip__udp_socket_flush(sip__udp_socket *socket)
{
    unsigned errors = 0, tries = 0;

    while (socket->count > 0) {
        int done = send_first(socket, &errors, &tries);

        if (done < 0) {
            watch_write(socket, true);
            return;
        }
        while (done-- > 0) {
            drop_first(socket);
        }
    }
    socket->first = 0; /* the slots that are in the cache */
    watch_write(socket, false);
}
