#!/usr/bin/env perl
# SPDX-License-Identifier: ISC
#
# calculate.pl: works out lines of reverse Polish notation: "1 2 + 3 *" is 9.
# As a service:
#
#     [calculate]
#     listen  = 7101
#     handler = /usr/share/doc/superd/examples/calculate.pl
#
# What it shows:
#   - $| = 1 sends each print at once; without it Perl keeps 8 kB back and
#     the client waits.
#   - Input is taken apart by a pattern that says what is allowed. eval would
#     hand the machine to whoever connects.
#   - warn goes to superd's log, and a mistake of the client does not end the
#     conversation.
use strict;
use warnings;

$| = 1;

my %operators = (
	'+' => sub { $_[0] + $_[1] },
	'-' => sub { $_[0] - $_[1] },
	'*' => sub { $_[0] * $_[1] },
	'/' => sub { $_[1] == 0 ? die "division by zero\n" : $_[0] / $_[1] },
);

sub calculate {
	my ($line) = @_;
	my @stack;

	for my $word (split ' ', $line) {
		if ($word =~ /\A-?[0-9]{1,15}(?:\.[0-9]{1,15})?\z/) {
			push @stack, $word;
		} elsif (my $operator = $operators{$word}) {
			die "an operator needs two numbers\n" if @stack < 2;
			my $right = pop @stack;
			push @stack, $operator->(pop @stack, $right);
		} else {
			die "neither a number nor one of + - * /\n";
		}
	}
	die "not one result\n" if @stack != 1;
	return $stack[0];
}

while (defined(my $line = <STDIN>)) {
	my $result = eval { calculate($line) };

	if (defined $result) {
		print "$result\r\n";
	} else {
		warn "a client's mistake: $@";
		print "error: ", $@ =~ s/\n\z//r, "\r\n";
	}
}
