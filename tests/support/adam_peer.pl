#!/usr/bin/perl
# A digital input module of the ADAM-4000 family as its manual describes it, on standard input and
# output: another language and no line of ours, so that a misreading of the manual does not meet itself.
# Usage: adam_peer.pl FILE, whose four hexadecimal digits are the inputs at the moment of each question.
use strict;
use warnings;

my ($file) = @ARGV;
my $address  = "01";
my $reset    = 1;       # answered as 1 once after power came
my $question = "";
$| = 1;

sub checked {           # sum of the characters, modulo 256, two digits
    my $text = shift;
    my $sum  = 0;
    $sum += ord($_) for split //, $text;
    return $text . sprintf("%02X", $sum & 0xFF);
}

sub inputs {
    open my $in, "<", $file or return "0000";
    my $word = <$in> // "";
    close $in;
    chomp $word;
    return $word =~ /^[0-9A-F]{4}$/ ? $word : "0000";
}

while (sysread(STDIN, my $byte, 1)) {
    if ($byte ne "\r") { $question .= $byte; next; }
    my $asked = $question;
    $question = "";
    next if length($asked) < 6;
    my $text = substr($asked, 0, -2);
    next if checked($text) ne $asked;                   # a wrong checksum is not answered
    next if substr($text, 0, 3) ne "\$$address";        # nor is another module's question
    my $command = substr($text, 3);
    my $answer =
        $command eq "2" ? "!${address}400640"           # type 40, 9600 baud, checksum on
      : $command eq "M" ? "!${address}4053"
      : $command eq "5" ? "!${address}${reset}"
      : $command eq "6" ? "!" . inputs() . "00"
      :                   "?${address}";
    $reset = 0 if $command eq "5";
    print checked($answer), "\r";
}
