/* Values of every header that has a type, as templates. */
#ifndef HEADER_SAMPLES_H
#define HEADER_SAMPLES_H

#include <sip/header.h>

#include "support/prng.h"

/* Write what a template says, see header_samples.c; the length, at most `size`. */
size_t header_fill(const char *template, prng *random, char *out, size_t size);

/* How many templates there are for a header; at least one for each that has a type. */
size_t header_samples_count(sip_header_id id);

/* Write a sound value of the header by one of its templates; the length, at most `size`. */
size_t header_sample(sip_header_id id, prng *random, char *out, size_t size);

#endif
