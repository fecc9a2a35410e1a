#!/usr/bin/perl
# A serial server after RFC 2217 as far as modem lines need it: another language and no line of ours.
# Usage: lines_peer.pl; prints its port. Each line on standard input is the modem state from then on,
# two hexadecimal digits: 80 carrier, 40 ring, 20 data set ready, 10 clear to send.
use strict;
use warnings;
use Socket;

my ($IAC, $DONT, $DO, $WONT, $WILL, $SB, $SE) = (255, 254, 253, 252, 251, 250, 240);
my ($COM_PORT, $NOTIFY_MODEMSTATE, $ANSWER) = (44, 7, 100);
$| = 1;

socket(my $server, PF_INET, SOCK_STREAM, 0) or die $!;
bind($server, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
listen($server, 1) or die $!;
print((sockaddr_in(getsockname($server)))[0], "\n");
accept(my $line, $server) or die $!;

my ($state, $heard, %agreed) = (0, "");

sub say_bytes { syswrite($line, pack("C*", @_)) // exit 0; }
sub say_state { say_bytes($IAC, $SB, $COM_PORT, $NOTIFY_MODEMSTATE + $ANSWER, $state, $IAC, $SE); }

sub answer {            # one command after another, as far as they have come whole
    while ($heard =~ s/^[^\xFF]+//s or length $heard) {
        if ($heard =~ s/^\xFF([\xFB-\xFE])(.)//s) {
            my ($verb, $option) = (ord $1, ord $2);
            next if $agreed{"$verb $option"}++;
            say_bytes($IAC, $WILL, $option) if $verb == $DO;
            say_bytes($IAC, $DO, $option) if $verb == $WILL;
        } elsif ($heard =~ s/^\xFF\xFA\x2C(.)(.*?)\xFF\xF0//s) {
            my ($command, $given) = (ord $1, $2);
            if ($command == $NOTIFY_MODEMSTATE) { say_state(); }
            else { say_bytes($IAC, $SB, $COM_PORT, $command + $ANSWER, unpack("C*", $given), $IAC, $SE); }
        } else {
            last;
        }
    }
}

while (1) {
    my $wait = "";
    vec($wait, fileno($_), 1) = 1 for $line, \*STDIN;
    select(my $ready = $wait, undef, undef, 0.5);
    if (vec($ready, fileno(STDIN), 1)) {
        sysread(STDIN, my $said, 64) or exit 0;
        $state = hex $1 if $said =~ /([0-9A-Fa-f]{2})\s*$/;
    }
    if (vec($ready, fileno($line), 1)) {
        sysread($line, my $came, 4096) or exit 0;
        $heard .= $came;
        answer();
    }
    say_state() if $agreed{"$WILL $COM_PORT"};
}
