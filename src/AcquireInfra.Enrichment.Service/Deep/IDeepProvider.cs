using AcquireInfra.Enrichment.Addressing;
using AcquireInfra.Enrichment.Verdicts;

namespace AcquireInfra.Enrichment.Service.Deep;

/// <summary>Somebody who can be asked about one address.</summary>
internal interface IDeepProvider
{
    /// <summary>Names it in evidence.</summary>
    string Id { get; }

    /// <summary>All that decides what it says: with another one, what was found before says nothing.</summary>
    string Definition { get; }

    /// <summary>Of sources that copy one another.</summary>
    string Family { get; }

    /// <summary>Who learns of the address: a zone, a server.</summary>
    string SentTo { get; }

    bool Knows(Address address);

    /// <summary>Categories in which it would have it; none where its silence says nothing.</summary>
    CategorySet Covered { get; }

    /// <returns>What it says; nothing is an answer, too.</returns>
    /// <exception cref="DeepFaultException">It did not answer, or not what an answer is.</exception>
    Task<IReadOnlyList<DeepHit>> AskAsync(Address address, CancellationToken cancelled);
}

/// <param name="Reliability">0..1.</param>
/// <param name="Detail">What it rests on, a code or a word of a host name.</param>
internal sealed record DeepHit(Category Category, double Reliability, string Detail, string? Provider = null);

/// <summary>Nothing can be made of an answer, or there was none.</summary>
/// <param name="fault">Fixed word: refused, wildcard, failed.</param>
internal sealed class DeepFaultException(string fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Fault => fault;
}
