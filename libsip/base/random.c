#include <sip/base.h>

#include <stdlib.h>

#include <openssl/rand.h>

static void system_fill(void *bytes, size_t len, void *user_data)
{
    unsigned char *at = bytes;

    (void)user_data;
    while (len > 0) {
        int part = len < 4096 ? (int)len : 4096;

        if (RAND_bytes(at, part) != 1) {
            /* Going on would mean keys that can be guessed. */
            abort();
        }
        at += part;
        len -= (size_t)part;
    }
}

static const sip_random system_random = {.fill = system_fill};

const sip_random *sip_random_system(void)
{
    return &system_random;
}

void sip_random_fill(const sip_random *random, void *bytes, size_t len)
{
    if (!random) {
        random = &system_random;
    }
    random->fill(bytes, len, random->user_data);
}

uint64_t sip_random_u64(const sip_random *random)
{
    uint64_t number = 0;

    sip_random_fill(random, &number, sizeof(number));
    return number;
}

uint32_t sip_random_below(const sip_random *random, uint32_t below)
{
    /* The remainder of 64 bits favours small numbers by at most one in 2^32. */
    return below > 0 ? (uint32_t)(sip_random_u64(random) % below) : 0;
}
