namespace AcquireInfra.Enrichment.Service.Tests;

/// <summary>A folder of the test's own, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("enrichment-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    // A service that was not let stop may still be writing its last file.
    public void Dispose()
    {
        for (var left = 100; ; left--)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (IOException) when (left > 0)
            {
                Thread.Sleep(20);
            }
        }
    }
}
