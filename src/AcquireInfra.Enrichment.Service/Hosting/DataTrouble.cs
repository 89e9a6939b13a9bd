namespace AcquireInfra.Enrichment.Service.Hosting;

/// <summary>What is not as configured with the data, in one sentence for readiness; null while all is well.</summary>
internal sealed class DataTrouble
{
    string? _current;

    public string? Current => Volatile.Read(ref _current);

    public void Set(string? sentence) => Volatile.Write(ref _current, sentence);
}
