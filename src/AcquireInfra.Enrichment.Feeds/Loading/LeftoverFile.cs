namespace AcquireInfra.Enrichment.Feeds.Loading;

/// <summary>A file that nobody needs any more. Whether it goes now is of no consequence: the next compilation tries again.</summary>
internal static class LeftoverFile
{
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps a file that is mapped
        }
    }
}
