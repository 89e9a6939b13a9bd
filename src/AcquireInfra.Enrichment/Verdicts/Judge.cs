using System.Collections.Concurrent;
using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Overriding;
using AcquireInfra.Enrichment.Snapshots;

namespace AcquireInfra.Enrichment.Verdicts;

/// <summary>
/// Judges addresses by one snapshot, one policy, one set of overrides and one hour; a verdict is a pure function of these and the address.
/// What can be known beforehand is: each claim's strength at that hour when the judge is made, each profile's verdict when it is first
/// asked for. What overrides touch is worked out for each address. Thread-safe; a judge that remembers allocates nothing per address.
/// <code>
/// strength x = reliability × confidence × specificity × decay      of one claim
/// p(category) = 1 − Π over families (1 − max x in the family)
/// score = 100 · (1 − Π (1 − w·p))                                 exactly additive in a = −ln(1 − w·p)
/// </code>
/// </summary>
public sealed partial class Judge
{
    // Each remembers nothing, and is made in microseconds.
    const int MaxOtherHours = 256;

    ConcurrentDictionary<long, Judge>? _otherHours; // most judges are never asked for another
    readonly Policy _given;
    readonly CompiledPolicy _policy;
    readonly int[] _families;
    readonly ClaimWeights _weights;
    readonly CategorySet[] _coveredByRanges = new CategorySet[2];
    readonly CategorySet _coveredByRoles;
    readonly ulong[]? _verdicts;
    readonly bool _isForExport;
    readonly bool _isForWatchlist;
    readonly bool _usesAsns;
    readonly bool _usesRoles;

    /// <param name="at">When to judge; cut to the whole UTC hour.</param>
    /// <param name="remember">Whether many addresses will be asked for: costs 8 bytes a profile, and spares judging one twice.</param>
    /// <param name="overrides">Those in force; default none.</param>
    public Judge(Snapshot snapshot, Policy policy, DateTimeOffset at, bool remember = true, OverrideSet? overrides = null)
        : this(snapshot, policy, at, remember, isForExport: false, overrides ?? OverrideSet.Empty)
    {
    }

    Judge(Snapshot snapshot, Policy policy, DateTimeOffset at, bool remember, bool isForExport, OverrideSet overrides, bool isForWatchlist = false)
    {
        Snapshot = snapshot;
        Overrides = overrides;
        _isForExport = isForExport;
        _isForWatchlist = isForWatchlist;
        // What is said of an ASN reaches addresses only through the table: where that may not be handed on, neither may the rest.
        _usesAsns = snapshot.Sources.All(source => source.Kind != SourceKind.AsnTable || Counts(source));
        _usesRoles = _usesAsns && snapshot.Sources.All(source => source.Kind != SourceKind.AsnRoles || Counts(source));
        _given = policy;
        _policy = new CompiledPolicy(policy);
        At = new DateTimeOffset(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);
        var familyNames = snapshot.Sources.Select(source => source.Family).Distinct().Order(StringComparer.Ordinal).ToArray();
        _families = [.. snapshot.Sources.Select(source => Array.BinarySearch(familyNames, source.Family, StringComparer.Ordinal))];
        _weights = new ClaimWeights(snapshot, _policy, isForWatchlist ? null : At, remember, Counts);
        _verdicts = remember ? new ulong[snapshot.ProfileCount] : null;
        _named = NewNamed();
        foreach (var source in snapshot.Sources.Where(Counts))
        {
            var covered = _weights.CoveredBy(source);
            if (source.Kind == SourceKind.AsnRoles)
            {
                _coveredByRoles |= covered;
                continue;
            }
            _coveredByRanges[0] |= source.IPv4 ? covered : CategorySet.Empty;
            _coveredByRanges[1] |= source.IPv6 ? covered : CategorySet.Empty;
        }
    }

    public Snapshot Snapshot { get; }

    /// <summary>The hour judged at.</summary>
    public DateTimeOffset At { get; }

    public string PolicyVersion => _policy.Version;

    /// <summary>The judge of what was live at a time; null, or null for that time, where this snapshot is all there is.</summary>
    public Func<DateTimeOffset, Judge?>? History { get; init; }

    /// <summary>What each explained verdict warns of, since it is about all of this judge's; null for nothing.</summary>
    public string? Caveat { get; init; }

    /// <summary>Whether this is the judge by that snapshot, policy and set of overrides at that time.</summary>
    public bool IsFor(Snapshot snapshot, Policy policy, OverrideSet overrides, DateTimeOffset at) =>
        IsFor(snapshot, policy, at) && Overrides == overrides;

    /// <summary>The same, whatever the overrides are.</summary>
    public bool IsFor(Snapshot snapshot, Policy policy, DateTimeOffset at) =>
        Snapshot == snapshot && ReferenceEquals(_given, policy) && at - At is { Ticks: >= 0 and < TimeSpan.TicksPerHour };

    /// <summary>The judge at another time: by what was live then, as far as <see cref="History"/> knows; else by the same snapshot, policy and overrides.</summary>
    public Judge AtTime(DateTimeOffset at)
    {
        if (History?.Invoke(at) is { } past)
        {
            return past;
        }
        var hour = at.UtcTicks / TimeSpan.TicksPerHour;
        if (hour == At.UtcTicks / TimeSpan.TicksPerHour)
        {
            return this;
        }
        var others = LazyInitializer.EnsureInitialized(ref _otherHours, () => []);
        if (others.Count >= MaxOtherHours)
        {
            others.Clear();
        }
        return others.GetOrAdd(hour, _ => new(Snapshot, _given, at, remember: false, _isForExport, Overrides, _isForWatchlist));
    }

    /// <summary>
    /// The judge by the same snapshot, policy and overrides of what may be handed on: sources that are not exportable do not count, and claims have
    /// the age they have at the date of the data, so that nothing changes by mere time.
    /// </summary>
    public Judge ForExport() => _isForExport ? this : new(Snapshot, _given, Snapshot.DataAsOf, remember: true, isForExport: true, Overrides);

    /// <summary>
    /// The same as <see cref="ForExport"/> for lists of which each changed row costs: claims have the age that they have at the date of their own
    /// source. A source that stands still while others move on, and then catches up, changes nothing.
    /// </summary>
    public Judge ForWatchlist() =>
        _isForWatchlist ? this : new(Snapshot, _given, Snapshot.DataAsOf, remember: true, isForExport: true, Overrides, isForWatchlist: true);

    /// <summary>The judge of another snapshot by the same policy, without overrides: two of these at one time differ by what their snapshots say.</summary>
    public Judge ComparedBy(Snapshot snapshot, DateTimeOffset at) => new(snapshot, _given, at);

    /// <summary>Whether this is what <see cref="ForExport"/> makes of another judge.</summary>
    public bool IsExportOf(Judge other) =>
        _isForExport && Snapshot == other.Snapshot && ReferenceEquals(_given, other._given) && Overrides == other.Overrides;

    /// <summary>Categories of which a source of the snapshot shows that an address it does not list is not in them; none past its maximum age.</summary>
    public CategorySet CoveredBy(SourceInfo source) => Counts(source) ? _weights.CoveredBy(source) : CategorySet.Empty;

    /// <summary>Whether a source of the snapshot is past its maximum age in all of its categories; in none where it has none.</summary>
    public bool IsStale(SourceInfo source)
    {
        var categories = CompiledPolicy.SetOf(source.Categories) | CompiledPolicy.SetOf(source.Covers);
        return categories.IsEmpty ? At - source.AsOf > source.MaxAge : !categories.Members().Any(category => _weights.IsFresh(source, category));
    }

    /// <summary>Whether what a source says is listened to.</summary>
    public bool Counts(SourceInfo source) => !_isForExport || source.Exportable;

    /// <summary>The ASN of a profile as far as the sources that count know it; null where they know none.</summary>
    public AsnInfo? AsnOf(Profile profile) =>
        !_usesAsns || Snapshot.AsnOf(profile) is not { } asn ? null
        : _usesRoles ? asn
        : asn with { Provider = "", Role = AsnRole.Unknown, Basis = RoleBasis.None };

    /// <summary>The claims that may count. The caller keeps the snapshot alive.</summary>
    internal ClaimSpans ClaimsOf(ProfileWord profile) =>
        Snapshot.ClaimsOf(profile) is var claims && _usesAsns ? claims : new(claims.OnPrefixes, default);

    AsnRole RoleOf(ProfileWord profile) => _usesRoles ? Snapshot.RoleOf(profile) : AsnRole.Unknown;

    internal CompiledPolicy Policy => _policy;

    internal ClaimWeights Weights => _weights;

    /// <summary>Judges one address.</summary>
    public Verdict VerdictOf(Address address) =>
        SpecialPurpose.ScopeOf(address) == AddressScope.Global ? VerdictOf(address, Snapshot.Find(address)) : Verdict.Special;

    /// <summary>Judges a global address whose profile was found already.</summary>
    public Verdict VerdictOf(Address address, uint profile) =>
        MatchOf(address, profile) is { } match ? Overridden(profile, !address.IsIPv4, match).Verdict : VerdictOf(profile, !address.IsIPv4);

    /// <summary>What the sources say of the global addresses of a profile, without overrides.</summary>
    /// <param name="isIPv6">Family of the address; only profile 0, where nothing is known, does not tell.</param>
    public Verdict VerdictOf(uint profile, bool isIPv6)
    {
        if (_verdicts is null)
        {
            return Compute(Snapshot.ProfileAt(profile).Word, isIPv6);
        }
        ref var slot = ref profile == 0 && isIPv6 ? ref _unknownIPv6 : ref _verdicts[profile];
        var bits = Volatile.Read(ref slot);
        if (bits == 0)
        {
            bits = Compute(Snapshot.ProfileAt(profile).Word, isIPv6).ToBits();
            Volatile.Write(ref slot, bits); // two threads may both compute it: they get the same
        }
        return Verdict.FromBits(bits);
    }

    ulong _unknownIPv6;

    Verdict Compute(ProfileWord profile, bool isIPv6)
    {
        Span<double> probabilities = stackalloc double[Categories.Count];
        var freshness = Combine(profile, probabilities);
        return Compute(probabilities, freshness, AssessedOf(profile, isIPv6));
    }

    Verdict Compute(ReadOnlySpan<double> probabilities, double freshness, CategorySet covered)
    {
        var present = PresentIn(probabilities);
        var assessed = covered | present;
        var score = Score(probabilities, present);
        var raw = Score(probabilities, CategorySet.Empty);
        var agreement = present.IsEmpty ? _policy.AgreementWithoutEvidence : MaxOf(probabilities);
        var confidence = (int)Math.Round(100 * _policy.CoverageOf(assessed) * freshness * agreement, MidpointRounding.AwayFromZero);
        return new Verdict(score, raw, confidence, _policy.LevelOf(score), _policy.KindOf(present), present, assessed);
    }

    /// <summary>p of every category, from the claims on the prefixes and on the ASN.</summary>
    /// <returns>Freshness of what was combined: its decay, weighted by strength; 1 where there is nothing.</returns>
    internal double Combine(ProfileWord profile, Span<double> probabilities)
    {
        probabilities.Clear();
        var claims = ClaimsOf(profile);
        var onPrefixes = claims.OnPrefixes;
        var onAsn = claims.OnAsn;
        var freshness = default(Freshness);
        var (category, family, absent, strongest) = (-1, -1, 1.0, (Strength: 0.0, Decay: 0.0));
        // Both lists are in the order of category and family: one merge, and a family ends where the next begins.
        while (!onPrefixes.IsEmpty || !onAsn.IsEmpty)
        {
            var fromAsn = onPrefixes.IsEmpty || (!onAsn.IsEmpty && onAsn[0] < onPrefixes[0]);
            var index = (int)(fromAsn ? onAsn[0] : onPrefixes[0]);
            onPrefixes = fromAsn ? onPrefixes : onPrefixes[1..];
            onAsn = fromAsn ? onAsn[1..] : onAsn;
            var claim = Snapshot.ClaimAt((uint)index);
            if (claim.Category != category || _families[claim.Source] != family)
            {
                absent *= 1 - strongest.Strength;
                freshness.Add(strongest);
                if (claim.Category != category)
                {
                    Close(probabilities, category, absent);
                    absent = 1;
                }
                (category, family, strongest) = (claim.Category, _families[claim.Source], default);
            }
            var (strength, decay) = _weights.At(index, claim);
            strongest = Stronger(strongest, (strength * FactorIn(profile, claim), decay));
        }
        freshness.Add(strongest);
        Close(probabilities, category, absent * (1 - strongest.Strength));
        GC.KeepAlive(Snapshot);
        return freshness.Value;
    }

    static (double Strength, double Decay) Stronger((double Strength, double Decay) one, (double Strength, double Decay) other) =>
        one.CompareTo(other) >= 0 ? one : other;

    /// <summary>Decay of what counts, weighted by strength: of each family its strongest claim, so that copies change nothing.</summary>
    struct Freshness
    {
        double _strengths;
        double _fresh;

        public void Add((double Strength, double Decay) strongest)
        {
            _strengths += strongest.Strength;
            _fresh += strongest.Strength * strongest.Decay;
        }

        public readonly double Value => _strengths > 0 ? _fresh / _strengths : 1;
    }

    /// <summary>
    /// The brand behind a profile: of the telling category that is present, the strongest claim that names one; else that of the ASN's
    /// role.
    /// </summary>
    /// <returns>A string of the snapshot; 0 where no brand is known.</returns>
    internal uint ProviderOf(ProfileWord profile, CategorySet present)
    {
        var claims = ClaimsOf(profile);
        var role = _usesRoles ? Snapshot.RoleProviderOf(profile) : 0;
        foreach (var category in _policy.Order)
        {
            if (!present.Has(category))
            {
                continue;
            }
            var (provider, strongest) = Strongest(profile, claims.OnPrefixes, category, role, (0u, 0.0));
            (provider, _) = Strongest(profile, claims.OnAsn, category, role, (provider, strongest));
            if (provider != 0)
            {
                return provider;
            }
        }
        GC.KeepAlive(Snapshot);
        return role;
    }

    (uint Provider, double Strength) Strongest(
        ProfileWord profile, ReadOnlySpan<uint> claims, Category category, uint role, (uint Provider, double Strength) best)
    {
        foreach (var index in claims)
        {
            var claim = Snapshot.ClaimAt(index);
            var provider = claim.Basis == 0 ? claim.Provider : role;
            if (claim.Category != (byte)category || provider == 0)
            {
                continue;
            }
            var strength = _weights.At((int)index, claim).Strength * FactorIn(profile, claim);
            best = strength > best.Strength ? (provider, strength) : best;
        }
        return best;
    }

    static void Close(Span<double> probabilities, int category, double absent)
    {
        if (category >= 0)
        {
            probabilities[category] = 1 - absent;
        }
    }

    /// <summary>
    /// What the network that an address is in leaves of a claim: 0..1. On a carrier or access network only the role itself speaks for the
    /// ASN: what its customers do is not its doing. Where its name alone was taken for that, an authoritative source is still heard: a
    /// network of ASN-DROP may well call itself a telecom. A prefix inside an access network is believed less, unless who lists it knows.
    /// </summary>
    internal double FactorIn(ProfileWord profile, Claim claim)
    {
        var role = RoleOf(profile);
        if (claim.PrefixLength != Claim.WholeAsn)
        {
            return role == AsnRole.Access && !Snapshot.Sources[claim.Source].Authoritative ? _policy.InAccess((Category)claim.Category) : 1;
        }
        var isHeard = claim.Basis != (byte)RoleBasis.None || !_policy.CarrierRoles.Contains(role)
            || (Snapshot.RoleBasisOf(profile) == RoleBasis.Inferred && Snapshot.Sources[claim.Source].Authoritative);
        return isHeard ? 1 : 0;
    }

    internal CategorySet PresentIn(ReadOnlySpan<double> probabilities)
    {
        var present = CategorySet.Empty;
        for (var category = 0; category < Categories.Count; category++)
        {
            present = probabilities[category] >= _policy.PresentAt ? present.With((Category)category) : present;
        }
        return present;
    }

    /// <summary>The parts of the score, a = −ln(1 − w·p·dampening), by category.</summary>
    /// <param name="dampening">Categories whose presence dampens others; empty for the raw score.</param>
    internal void Parts(ReadOnlySpan<double> probabilities, CategorySet dampening, Span<double> parts)
    {
        parts.Clear();
        for (var category = 0; category < Categories.Count; category++)
        {
            var weighted = _policy.Weights[category] * probabilities[category];
            if (weighted > 0)
            {
                parts[category] = -Math.Log(1 - weighted * _policy.DampeningOf(category, dampening));
            }
        }
    }

    internal int Score(ReadOnlySpan<double> probabilities, CategorySet dampening)
    {
        Span<double> parts = stackalloc double[Categories.Count];
        Parts(probabilities, dampening, parts);
        var sum = 0.0;
        foreach (var part in parts)
        {
            sum += part;
        }
        return (int)Math.Round(100 * (1 - Math.Exp(-sum)), MidpointRounding.AwayFromZero);
    }

    /// <summary>Categories that something fresh covers at this address.</summary>
    internal CategorySet AssessedOf(ProfileWord profile, bool isIPv6)
    {
        var hasRole = RoleOf(profile) != AsnRole.Unknown;
        return _coveredByRanges[isIPv6 ? 1 : 0] | (hasRole ? _coveredByRoles : CategorySet.Empty);
    }

    /// <summary>Categories that no fresh source covers for a whole family; an ASN's role may still cover some at its addresses.</summary>
    public IEnumerable<Category> UncoveredAnywhere(bool isIPv6) =>
        _policy.Order.Where(category => _policy.Assessed.Has(category) && !(_coveredByRanges[isIPv6 ? 1 : 0] | _coveredByRoles).Has(category));

    static double MaxOf(ReadOnlySpan<double> values)
    {
        var max = 0.0;
        foreach (var value in values)
        {
            max = Math.Max(max, value);
        }
        return max;
    }
}
