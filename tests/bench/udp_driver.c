/* The driver of ./dev bench udp: keeps WINDOW datagrams of SIZE bytes on their way to a server that
 * sends them back, until COUNT have come. Prints one JSON object; 1 if nothing came for 3 s, or if
 * one came back otherwise than it went.
 *
 *     udp_driver PORT COUNT WINDOW SIZE CPU
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define BATCH 64
#define MESSAGE_BYTES 2048

static int fd;
static struct sockaddr_in peer;
static size_t size;
static char text[MESSAGE_BYTES];

static void die(const char *what)
{
    fprintf(stderr, "udp_driver: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void send_some(uint64_t count)
{
    static struct mmsghdr headers[BATCH];
    static struct iovec vector;

    vector = (struct iovec){text, size};
    for (unsigned i = 0; i < BATCH; i++) {
        headers[i].msg_hdr = (struct msghdr){
            .msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &vector, .msg_iovlen = 1};
    }
    while (count > 0) {
        int n = sendmmsg(fd, headers, count < BATCH ? (unsigned)count : BATCH, 0);

        if (n < 0 && errno != EINTR && errno != ENOBUFS) {
            die("sendmmsg");
        }
        count -= n > 0 ? (uint64_t)n : 0;
    }
}

/* Returns how many came, 0 when none did for 3 s. */
static uint64_t receive_some(void)
{
    static char buffers[BATCH][MESSAGE_BYTES];
    static struct mmsghdr headers[BATCH];
    static struct iovec vectors[BATCH];
    int n;

    for (unsigned i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){buffers[i], MESSAGE_BYTES};
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    n = recvmmsg(fd, headers, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < n; i++) {
        if (headers[i].msg_len != size || buffers[i][size - 1] != text[size - 1]) {
            fprintf(stderr, "udp_driver: another datagram came back than was sent\n");
            exit(1);
        }
    }
    return n > 0 ? (uint64_t)n : 0;
}

static void open_socket(void)
{
    struct timeval patience = {.tv_sec = 3};
    int big = 8 << 20;

    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        die("socket");
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big) != 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    }
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    uint64_t count, sent, came = 0;
    cpu_set_t cpus;
    double began;

    if (argc != 6) {
        fprintf(stderr, "usage: udp_driver PORT COUNT WINDOW SIZE CPU\n");
        return 2;
    }
    peer = (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(argv[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    count = strtoull(argv[2], NULL, 10);
    sent = strtoull(argv[3], NULL, 10);
    size = strtoul(argv[4], NULL, 10);
    size = size < 1 ? 1 : size < MESSAGE_BYTES ? size : MESSAGE_BYTES;
    memset(text, 'x', sizeof text);
    CPU_ZERO(&cpus);
    CPU_SET((size_t)atoi(argv[5]), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    open_socket();
    began = now_s();
    send_some(sent);
    while (came < count) {
        uint64_t n = receive_some();
        uint64_t more = count - sent < n ? count - sent : n;

        if (n == 0) {
            fprintf(stderr, "udp_driver: %llu of %llu were lost\n",
                    (unsigned long long)(sent - came), (unsigned long long)count);
            return 1;
        }
        came += n;
        send_some(more);
        sent += more;
    }
    printf("{\"finished\": %llu, \"seconds\": %.4f}\n", (unsigned long long)came, now_s() - began);
    return 0;
}
