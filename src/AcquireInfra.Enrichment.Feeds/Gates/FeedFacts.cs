namespace AcquireInfra.Enrichment.Feeds.Gates;

/// <summary>What was counted in one version of a source.</summary>
/// <param name="Entries">Different prefixes and ASNs.</param>
/// <param name="IPv4Prefixes">Different IPv4 prefixes.</param>
/// <param name="IPv6Prefixes">Different IPv6 prefixes.</param>
/// <param name="Records">Lines, records or networks that were looked at.</param>
/// <param name="Unparsable">Records that could not be read.</param>
/// <param name="SpecialPurpose">Records dropped because they lie in special-purpose space.</param>
/// <param name="OwnerSpace">Records dropped because they touch the operator's own space.</param>
/// <param name="IPv4Addresses">IPv4 addresses covered, each once.</param>
/// <param name="IPv6Addresses">IPv6 addresses covered, each once.</param>
/// <param name="WidestIPv4">Length of the shortest IPv4 prefix, taken or refused; 32 without any.</param>
/// <param name="WidestIPv6">Length of the shortest IPv6 prefix, taken or refused; 128 without any.</param>
/// <param name="IsCut">Whether it was not read to its end.</param>
/// <param name="StatedAt">The date that the data states; of several files the oldest.</param>
public sealed record FeedFacts(
    int Entries, int IPv4Prefixes, int IPv6Prefixes, int Records, int Unparsable, int SpecialPurpose, int OwnerSpace, double IPv4Addresses,
    double IPv6Addresses, int WidestIPv4, int WidestIPv6, bool IsCut, DateTimeOffset? StatedAt);
